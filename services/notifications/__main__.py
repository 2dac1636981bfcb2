"""Composition root of notifications: HTTP doors, consumer and the relay of feeds in one event loop."""

import asyncio
import random
import time
from contextlib import AsyncExitStack

import reference
from bus.consumer import Consumer
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.relay import Relay
from bus.retry import Backoff, passing
from bus.uow import Context, UnitsOfWork
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from services.notifications.api import dossiers, feeds, integrity, replays
from services.notifications.api.doors import Doors
from services.notifications.consumer import listening
from services.notifications.handlers.delivery import Delivery
from services.notifications.handlers.doors import Doorway
from services.notifications.handlers.pull import Pull
from services.notifications.handlers.replaying import Replaying
from services.notifications.heads import Heads
from services.notifications.repository.feeds import FEED
from services.runtime import logs_accepted, parked
from services.runtime.actors import Actors
from services.runtime.app import App, create_app
from services.runtime.bus_checks import bus_checks
from services.runtime.clients import client_of
from services.runtime.health import Health
from services.runtime.jwks import Jwks
from services.runtime.kept import Kept
from services.runtime.keyring import proven_keyring
from services.runtime.limits import Limiter
from services.runtime.metrics.meters import Meters
from services.runtime.metrics.watching import watch, watch_feed
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.tracing.making import tracing_of

NAME = "notifications"


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that notifications holds, opened here and closed by `closers` in reverse."""
    tracing = tracing_of(settings, NAME, closers)
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    access = settings.broker_access(NAME)
    broker = KafkaBroker(KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password))
    closers.push_async_callback(broker.close)
    wake, bell = asyncio.Event(), asyncio.Event()
    keyring = await proven_keyring(settings, database, system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring, tracing), wake, bell)
    book = ReferenceBook.load(reference.folder())
    doorway = Doorway(book)
    heads = Heads(database, bell)
    owner = str(uuid7())
    backoff = Backoff(random.SystemRandom().random)
    listens, limits = listening(settings.topics), settings.limits
    consumer = Consumer(broker, units, listens, owner=owner, backoff=backoff, limits=limits)
    relay = Relay(database, broker, owner=owner, wake=wake, table=FEED, render=Delivery(units, doorway).render)
    replaying = Replaying(units, doorway, broker)
    kept = Kept.of(database, units, limits, consumer)
    health = Health({**bus_checks(database, broker, consumer, relay), **kept.checks()}, kept.warnings())
    meters = Meters.of(settings)
    watch(meters, database, keyring, kept.ledger, consumer)
    watch_feed(meters, database, relay, lambda: book.integrity_units_at(vietnam_date(system_clock())))
    app = _app(settings, health, meters, closers)
    app.tracing = tracing
    app.include_router(parked.router(kept))
    app.include_router(logs_accepted.router(database, broker, settings.topics, consumer))
    app.state.doors = Doors(units, Pull(units, doorway), heads, book)
    return Service(NAME, health, app, [consumer.run, kept.ledger.run], [relay.run, heads.run, replaying.run])


def _app(settings: Settings, health: Health, meters: Meters, closers: AsyncExitStack) -> App:
    directory = client_of(settings, "directory")
    closers.push_async_callback(directory.aclose)
    reading = Limiter(per_second=50, burst=200, clock=time.monotonic)
    doors = [feeds.router(reading), integrity.router(), dossiers.router(), replays.router()]
    actors = Actors(Jwks(directory, system_clock), system_clock)
    return create_app(NAME, doors, health=health, actors=actors, passing=passing, meters=meters)


if __name__ == "__main__":
    run(NAME, build)
