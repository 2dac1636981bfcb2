"""Composition root of cases: HTTP doors, consumer and relay in one event loop."""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from fastapi import APIRouter

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
from bus.sealing import Keyring
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
from services.runtime.limits import Limiter
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings

NAME = "cases"


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that cases holds, opened here and closed by `closers` in reverse."""
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    access = settings.broker_access(NAME)
    broker = KafkaBroker(KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password))
    closers.push_async_callback(broker.close)
    wake = asyncio.Event()
    keyring = Keyring.load(settings.secrets.path("master.json"), system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring), wake)
    book = ReferenceBook.load(reference.folder())
    audiences = Audiences(book)
    pepper = bytes.fromhex(settings.secrets.read("subject-pepper"))
    doors = api.Doors(units, CommandDesk(pepper), Commands(book, audiences))
    growth = Growth(Intake(book, pepper, os.urandom), audiences)
    owner = str(uuid7())
    listens = listening(settings.topics, growth, Inbound(doors.desk, doors.commands))
    consumer = Consumer(broker, units, listens, owner=owner, backoff=Backoff(random.SystemRandom().random))
    again = Resending(database, broker)
    relay = Relay(database, broker, owner=owner, wake=wake, resending=again)
    keeper = Keeper(database, OUTBOX)
    expiry = Expiry(database, system_clock, forget_commands)
    health = Health(checks={**bus_checks(database, broker, consumer, relay), "outbox": has_room(keeper)})
    kept = [
        parked.router(database),
        outbox.router(database, settings.topics, wake),
        logs_accepted.router(database, broker, settings.topics, consumer),
    ]
    app = _app(settings, doors, kept, health, closers)
    return Service(NAME, health, app, [consumer.run, expiry.run, keeper.run], [relay.run])


def _app(
    settings: Settings, doors: api.Doors, kept: Sequence[APIRouter], health: Health, closers: AsyncExitStack
) -> App:
    directory = client_of(settings, "directory")
    closers.push_async_callback(directory.aclose)
    deciding = Limiter(per_second=20, burst=200, clock=time.monotonic)
    actors = Actors(Jwks(directory, system_clock), system_clock)
    app = create_app(NAME, [api.router(deciding), *kept], health=health, actors=actors, passing=passing)
    app.state.doors = doors
    return app


if __name__ == "__main__":
    run(NAME, build)
