"""Composition root of intake: HTTP doors, consumer and relay in one event loop."""

import asyncio
import os
import secrets
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
from schemas.identifiers.address.atlas import Atlas
from schemas.reference.book import ReferenceBook
from services.intake.api import desk, integrity, reports, signals, tips
from services.intake.api.doors import Doors
from services.intake.consumer import listening
from services.intake.handlers.inbound import Inbound
from services.intake.office import Office
from services.intake.vault import Vault
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

NAME = "intake"


def limiter(per_second: float, at_once: int) -> Limiter:
    """Counts by the monotonic clock."""
    return Limiter(per_second, at_once, time.monotonic)


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that intake holds, opened here and closed by `closers` in reverse."""
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    wake = asyncio.Event()
    keyring = Keyring.load(settings.secrets.path("master.json"), system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring), wake)
    office = _office(settings)
    parts = Doors(units=units, database=database, commands=CommandDesk(office.pepper), office=office)
    access = settings.broker_access(NAME)
    broker = KafkaBroker(KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password))
    closers.push_async_callback(broker.close)
    owner = str(uuid7())
    listens = listening(settings.topics, Inbound(parts.commands, parts.office))
    consumer = Consumer(broker, units, listens, owner=owner, backoff=Backoff(secrets.SystemRandom().random))
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
    app = _app(settings, parts, kept, health, closers)
    return Service(NAME, health, app, [consumer.run, expiry.run, keeper.run], [relay.run])


def _office(settings: Settings) -> Office:
    return Office(
        book=ReferenceBook.load(reference.folder()),
        places=Atlas(reference.folder()),
        vault=Vault.load(settings.secrets.path("vault-public.json")),
        pepper=bytes.fromhex(settings.secrets.read("receipt-pepper")),
        random=os.urandom,
        web_decision=settings.web_channel_decision,
    )


def _app(settings: Settings, parts: Doors, kept: Sequence[APIRouter], health: Health, closers: AsyncExitStack) -> App:
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
        *kept,
    ]
    app = create_app(
        NAME, doors, health=health, actors=Actors(Jwks(directory, system_clock), system_clock), passing=passing
    )
    app.state.doors = parts
    return app


if __name__ == "__main__":
    run(NAME, build)
