"""Composition root of cases: HTTP doors, consumer and relay in one event loop."""

import asyncio
import os
import random
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
from schemas.reference.book import ReferenceBook
from services.cases import api
from services.cases.consumer import listening
from services.cases.handlers.audiences import Audiences
from services.cases.handlers.commands import Commands
from services.cases.handlers.growth import Growth
from services.cases.handlers.inbound import Inbound
from services.cases.handlers.intake import Intake
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

NAME = "cases"


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that cases holds, opened here and closed by `closers` in reverse."""
    tracing = tracing_of(settings, NAME, closers)
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    access = settings.broker_access(NAME)
    broker = KafkaBroker(KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password))
    closers.push_async_callback(broker.close)
    wake = asyncio.Event()
    keyring = await proven_keyring(settings, database, system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring, tracing), wake)
    book = ReferenceBook.load(reference.folder())
    audiences = Audiences(book)
    pepper = bytes.fromhex(settings.secrets.read("subject-pepper"))
    doors = api.Doors(units, CommandDesk(pepper), Commands(book, audiences))
    growth = Growth(Intake(book, pepper, os.urandom), audiences)
    owner = str(uuid7())
    listens = listening(settings.topics, growth, Inbound(doors.desk, doors.commands))
    backoff = Backoff(random.SystemRandom().random)
    consumer = Consumer(broker, units, listens, owner=owner, backoff=backoff, limits=settings.limits)
    again = Resending(database, broker)
    relay = Relay(database, broker, owner=owner, wake=wake, tracing=tracing, resending=again)
    keeper, expiry = Keeper(database, OUTBOX), Expiry(database, system_clock, forget_commands)
    kept = Kept.of(database, units, settings.limits, consumer)
    checks = {**bus_checks(database, broker, consumer, relay), **kept.checks(), "outbox": has_room(keeper)}
    health = Health(checks, kept.warnings())
    meters = Meters.of(settings)
    watch(meters, database, keyring, kept.ledger, consumer)
    watch_outbox(meters, database, relay)
    app = _app(settings, doors, health, meters, closers)
    app.tracing = tracing
    for doors_here in (
        parked.router(kept),
        outbox.router(database, settings.topics, wake),
        logs_accepted.router(database, broker, settings.topics, consumer),
    ):
        app.include_router(doors_here)
    return Service(NAME, health, app, [consumer.run, expiry.run, keeper.run, kept.ledger.run], [relay.run])


def _app(settings: Settings, doors: api.Doors, health: Health, meters: Meters, closers: AsyncExitStack) -> App:
    directory = client_of(settings, "directory")
    closers.push_async_callback(directory.aclose)
    deciding = Limiter(per_second=20, burst=200, clock=time.monotonic)
    actors = Actors(Jwks(directory, system_clock), system_clock)
    doors_here = [api.router(deciding), api.privacy()]
    app = create_app(NAME, doors_here, health=health, actors=actors, passing=passing, meters=meters)
    app.state.doors = doors
    return app


if __name__ == "__main__":
    run(NAME, build)
