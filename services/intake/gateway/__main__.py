"""Composition root of the gateway: one consumer of every unit's topic, a relay, doors for health and what is parked.

`python -m services.intake.gateway` needs the stack, the section `gateway` and an address in `services.json`.
"""

import asyncio
import secrets
from contextlib import AsyncExitStack
from functools import partial

import reference
from bus.consumer import Consumer
from bus.database import Database
from bus.expiry import Expiry
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.kafka_topics import visible_topics
from bus.keeping import Keeper
from bus.relay import OUTBOX, Relay
from bus.resending import Resending
from bus.retry import Backoff, passing
from bus.uow import Context, UnitsOfWork
from services.intake.gateway.consumer import listening
from services.intake.gateway.handlers import Gateway
from services.intake.gateway.repository import forget_arrivals
from services.intake.gateway.roster import Roster
from services.runtime import outbox, parked
from services.runtime.actors import Actors
from services.runtime.app import App, create_app
from services.runtime.bus_checks import bus_checks, has_room
from services.runtime.clients import client_of
from services.runtime.health import Health
from services.runtime.jwks import Jwks
from services.runtime.kept import Kept
from services.runtime.keyring import proven_keyring
from services.runtime.metrics.meters import Meters
from services.runtime.metrics.watching import watch, watch_outbox
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.tracing.making import tracing_of

NAME = "gateway"


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that the gateway holds, opened here and closed by `closers` in reverse."""
    tracing = tracing_of(settings, NAME, closers)
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    access = settings.broker_access(NAME)
    kafka = KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password)
    broker = KafkaBroker(kafka)
    closers.push_async_callback(broker.close)
    wake = asyncio.Event()
    keyring = await proven_keyring(settings, database, system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring, tracing), wake)
    roster = Roster(reference.folder(), settings.topics, system_clock)
    gateway = Gateway(roster.sender, bytes.fromhex(settings.secrets.read("receipt-pepper")))
    owner = str(uuid7())
    visible, again = partial(visible_topics, kafka), Resending(database, broker)
    topics = await roster.readable(visible, otherwise=roster.topics())
    listens, backoff = listening(settings.topics, topics, gateway), Backoff(secrets.SystemRandom().random)
    consumer = Consumer(broker, units, listens, owner=owner, backoff=backoff, limits=settings.limits)
    relay = Relay(database, broker, owner=owner, wake=wake, tracing=tracing, resending=again)
    keeper, expiry = Keeper(database, OUTBOX), Expiry(database, system_clock, forget_arrivals)

    def listen(now: tuple[str, ...]) -> None:
        consumer.update(listening(settings.topics, now, gateway))

    async def follow(stop: asyncio.Event) -> None:
        """Read the topics of the units in force, as those change."""
        await roster.follow(topics, listen, stop, visible=visible)

    kept = Kept.of(database, units, settings.limits, consumer)
    checks = {**bus_checks(database, broker, consumer, relay), **kept.checks(), "outbox": has_room(keeper)}
    health = Health(checks, kept.warnings())
    meters = Meters.of(settings)
    watch(meters, database, keyring, kept.ledger, consumer)
    watch_outbox(meters, database, relay)
    app = _app(settings, health, meters, closers)
    app.tracing = tracing
    app.include_router(parked.router(kept))
    app.include_router(outbox.router(database, settings.topics, wake))
    return Service(NAME, health, app, [consumer.run, follow, expiry.run, keeper.run, kept.ledger.run], [relay.run])


def _app(settings: Settings, health: Health, meters: Meters, closers: AsyncExitStack) -> App:
    directory = client_of(settings, "directory")
    closers.push_async_callback(directory.aclose)
    actors = Actors(Jwks(directory, system_clock), system_clock)
    return create_app(NAME, [], health=health, actors=actors, passing=passing, meters=meters)


if __name__ == "__main__":
    run(NAME, build)
