"""Composition root of intake: HTTP doors, consumer and relay in one event loop."""

import asyncio
import os
import secrets
import time
from contextlib import AsyncExitStack

import reference
from bus.commands import CommandDesk, forget_commands
from bus.consumer import Consumer
from bus.database import Database
from bus.expiry import Expiry
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.keeping import Keeper
from bus.relay import OUTBOX, Relay
from bus.resending import Resending
from bus.retry import Backoff, passing
from bus.uow import Context, UnitsOfWork
from schemas.identifiers.address.atlas import Atlas
from schemas.reference.book import ReferenceBook
from services.intake.api import desk, dossiers, integrity, reports, signals, tips
from services.intake.api.doors import Doors
from services.intake.consumer import listening
from services.intake.handlers.inbound import Inbound
from services.intake.handlers.retention import Retaining
from services.intake.office import Office
from services.intake.vault import Vault
from services.runtime import logs_accepted, outbox, parked
from services.runtime.actors import Actors
from services.runtime.app import App, create_app
from services.runtime.bus_checks import bus_checks, has_room
from services.runtime.clients import client_of
from services.runtime.health import Health
from services.runtime.jwks import Jwks
from services.runtime.kept import Kept
from services.runtime.keyring import proven_keyring
from services.runtime.limits import Limiter
from services.runtime.metrics.meters import Meters
from services.runtime.metrics.watching import watch, watch_outbox
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.tracing.making import tracing_of

NAME = "intake"


def limiter(per_second: float, at_once: int) -> Limiter:
    """Counts by the monotonic clock."""
    return Limiter(per_second, at_once, time.monotonic)


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that intake holds, opened here and closed by `closers` in reverse."""
    tracing = tracing_of(settings, NAME, closers)
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    wake = asyncio.Event()
    keyring = await proven_keyring(settings, database, system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring, tracing), wake)
    office = _office(settings)
    parts = Doors(units=units, database=database, commands=CommandDesk(office.pepper), office=office)
    access = settings.broker_access(NAME)
    broker = KafkaBroker(KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password))
    closers.push_async_callback(broker.close)
    owner = str(uuid7())
    listens = listening(settings.topics, Inbound(parts.commands, parts.office))
    backoff = Backoff(secrets.SystemRandom().random)
    consumer = Consumer(broker, units, listens, owner=owner, backoff=backoff, limits=settings.limits)
    again = Resending(database, broker)
    relay = Relay(database, broker, owner=owner, wake=wake, tracing=tracing, resending=again)
    keeper, expiry = Keeper(database, OUTBOX), Expiry(database, system_clock, forget_commands)
    kept = Kept.of(database, units, settings.limits, consumer)
    retaining = Retaining(units, office.book, settings.retention_decision)
    checks = {**bus_checks(database, broker, consumer, relay), **kept.checks(), "outbox": has_room(keeper)}
    health = Health(checks, kept.warnings())
    meters = Meters.of(settings)
    watch(meters, database, keyring, kept.ledger, consumer)
    watch_outbox(meters, database, relay)
    app = _app(settings, parts, health, meters, closers)
    app.tracing = tracing
    for doors_here in (
        parked.router(kept),
        outbox.router(database, settings.topics, wake),
        logs_accepted.router(database, broker, settings.topics, consumer),
    ):
        app.include_router(doors_here)
    beside = [consumer.run, expiry.run, retaining.run, keeper.run, kept.ledger.run]
    return Service(NAME, health, app, beside, [relay.run])


def _office(settings: Settings) -> Office:
    return Office(
        book=ReferenceBook.load(reference.folder()),
        places=Atlas(reference.folder()),
        vault=Vault.load(settings.secrets.path("vault-public.json")),
        pepper=bytes.fromhex(settings.secrets.read("receipt-pepper")),
        random=os.urandom,
        web_decision=settings.web_channel_decision,
    )


def _app(settings: Settings, parts: Doors, health: Health, meters: Meters, closers: AsyncExitStack) -> App:
    directory = client_of(settings, "directory")
    closers.push_async_callback(directory.aclose)
    # The public's whole process is one actor to intake; its own door counts the public.
    doors = [
        tips.router(submitting=limiter(20, 200), asking=limiter(20, 200)),
        desk.router(deciding=limiter(20, 200)),
        # A chunk of a list is 500 rows: four a second are more than a desk's list needs.
        reports.router(sending=limiter(10, 100)),
        signals.router(submitting=limiter(200, 2000)),
        integrity.router(),
        dossiers.router(),
    ]
    actors = Actors(Jwks(directory, system_clock), system_clock)
    app = create_app(NAME, doors, health=health, actors=actors, passing=passing, meters=meters)
    app.state.doors = parts
    return app


if __name__ == "__main__":
    run(NAME, build)
