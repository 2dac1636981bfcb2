"""Composition root of notifications: HTTP doors, consumer and the relay of feeds in one event loop."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from fastapi import APIRouter

import reference
from bus.consumer import Consumer
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.relay import Relay
from bus.retry import Backoff, passing
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from schemas.reference.book import ReferenceBook
from services.notifications.api import feeds, integrity, replays
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
from services.runtime.limits import Limiter
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings

NAME = "notifications"


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that notifications holds, opened here and closed by `closers` in reverse."""
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    access = settings.broker_access(NAME)
    broker = KafkaBroker(KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password))
    closers.push_async_callback(broker.close)
    wake, bell = asyncio.Event(), asyncio.Event()
    keyring = Keyring.load(settings.secrets.path("master.json"), system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring), wake, bell)
    book = ReferenceBook.load(reference.folder())
    doorway = Doorway(book)
    heads = Heads(database, bell)
    owner = str(uuid7())
    backoff = Backoff(random.SystemRandom().random)
    consumer = Consumer(broker, units, listening(settings.topics), owner=owner, backoff=backoff)
    relay = Relay(database, broker, owner=owner, wake=wake, table=FEED, render=Delivery(units, doorway).render)
    replaying = Replaying(units, doorway, broker)
    health = Health(checks=bus_checks(database, broker, consumer, relay))
    kept = [parked.router(database), logs_accepted.router(database, broker, settings.topics, consumer)]
    app = _app(settings, health, closers, kept)
    app.state.doors = Doors(units, Pull(units, doorway), heads, book)
    return Service(NAME, health, app, [consumer.run], [relay.run, heads.run, replaying.run])


def _app(settings: Settings, health: Health, closers: AsyncExitStack, kept: Sequence[APIRouter]) -> App:
    directory = client_of(settings, "directory")
    closers.push_async_callback(directory.aclose)
    reading = Limiter(per_second=50, burst=200, clock=time.monotonic)
    doors = [feeds.router(reading), integrity.router(), replays.router(), *kept]
    return create_app(
        NAME, doors, health=health, actors=Actors(Jwks(directory, system_clock), system_clock), passing=passing
    )


if __name__ == "__main__":
    run(NAME, build)
