"""Composition root of the staff console: pages, JSON twins, live streams, and the groups of timelines and search."""

import asyncio
import gc
import secrets
from contextlib import AsyncExitStack

import reference
from bus.consumer import Consumer
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.retry import Backoff
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from schemas.reference.book import ReferenceBook
from services.console.api import lists, projections
from services.console.api.assembly import NAME, assembled
from services.console.api.doors import Doors
from services.console.claiming import Claiming
from services.console.consumer import listening, searching
from services.console.handlers.cutting import Cutting
from services.console.handlers.hub import Hub
from services.console.handlers.indexing import Indexing
from services.console.handlers.reading import Reader
from services.console.handlers.searching import Searcher
from services.console.lists import Lists
from services.console.look.pages import Pages
from services.console.model.tokens import Tokens
from services.console.rebuilding import Rebuilding
from services.console.repository.beside import LIVE, NEXT
from services.console.sessions import Sessions
from services.runtime import logs_accepted, parked
from services.runtime.actors import Actors
from services.runtime.bus_checks import bus_checks, log_is_whole, takes_part
from services.runtime.clients import client_of
from services.runtime.health import Health
from services.runtime.jwks import Jwks
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that console holds, opened here and closed by `closers` in reverse."""
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    access = settings.broker_access(NAME)
    broker = KafkaBroker(KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password))
    closers.push_async_callback(broker.close)
    wake = asyncio.Event()
    keyring = Keyring.load(settings.secrets.path("master.json"), system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring), wake)
    tokens = Tokens(bytes.fromhex(settings.secrets.read("search-pepper")))
    beside = Database.connect(settings.database_url(NAME), pool_size=2, schema=(NEXT, LIVE), application="rebuild")
    closers.push_async_callback(beside.close)
    hub, owner, backoff = Hub(wake), str(uuid7()), Backoff(secrets.SystemRandom().random)
    listens = {"timeline": listening(settings.topics), "search": searching(settings.topics, Indexing(tokens))}
    consumer = Consumer(broker, units, listens["timeline"], owner=owner, backoff=backoff)
    finder = Consumer(broker, units, listens["search"], owner=owner, backoff=backoff)

    def moved() -> None:
        consumer.look_again()
        finder.look_again()

    rebuilding = Rebuilding(broker, units, UnitsOfWork(beside, units.context), listens, moved)
    search = {"search": takes_part(finder), "search_log": log_is_whole(finder)}
    health = Health(checks={**bus_checks(database, broker, consumer), **search})
    doors, actors = _doors(settings, units, tokens, hub, closers)
    app = assembled(doors, actors, health)
    intake = client_of(settings, "intake")
    closers.push_async_callback(intake.aclose)
    carrying = Lists(intake, doors.sessions)
    app.include_router(lists.router(carrying))
    app.include_router(parked.router(database))
    app.include_router(logs_accepted.router(database, broker, settings.topics, consumer, finder))
    app.include_router(projections.router(rebuilding))
    # A page of thousands of entries makes garbage enough for full collections: they need not walk what was imported.
    gc.collect()
    gc.freeze()
    return Service(NAME, health, app, [consumer.run, finder.run, hub.run, carrying.run, rebuilding.run])


def _doors(
    settings: Settings, units: UnitsOfWork, tokens: Tokens, hub: Hub, closers: AsyncExitStack
) -> tuple[Doors, Actors]:
    directory, deciding = client_of(settings, "directory"), client_of(settings, "cases")
    for client in (directory, deciding):
        closers.push_async_callback(client.aclose)
    actors = Actors(Jwks(directory, system_clock), system_clock)
    book = ReferenceBook.load(reference.folder())
    cutting = Cutting(book)
    doors = Doors(
        reader=Reader(units, cutting),
        searcher=Searcher(units, cutting, tokens),
        pages=Pages.load(book, system_clock),
        sessions=Sessions(directory, actors, system_clock),
        claiming=Claiming(deciding),
        hub=hub,
    )
    return doors, actors


if __name__ == "__main__":
    run(NAME, build)
