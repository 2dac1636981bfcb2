"""Composition root of the staff console: pages, JSON twins, live streams, and the groups of timelines and search."""

import asyncio
import gc
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack

import httpx2

import reference
from bus.consumer import Consumer
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.listening import Listening
from bus.retry import Backoff
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
from services.runtime.kept import Kept
from services.runtime.keyring import proven_keyring
from services.runtime.metrics.meters import Meters
from services.runtime.metrics.watching import watch
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.tracing.making import tracing_of
from services.runtime.tracing.port import ServiceTracing


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that console holds, opened here and closed by `closers` in reverse."""
    tracing = tracing_of(settings, NAME, closers, outward=True)
    database = Database.connect(settings.database_url(NAME), pool_size=8)
    closers.push_async_callback(database.close)
    access = settings.broker_access(NAME)
    broker = KafkaBroker(KafkaSettings(access.bootstrap, access.ca_file, access.user, access.password))
    closers.push_async_callback(broker.close)
    wake = asyncio.Event()
    keyring = await proven_keyring(settings, database, system_clock)
    units = UnitsOfWork(database, Context(NAME, settings.topics, system_clock, uuid7, keyring, tracing), wake)
    tokens = Tokens(bytes.fromhex(settings.secrets.read("search-pepper")))
    hub, owner, backoff = Hub(wake), str(uuid7()), Backoff(secrets.SystemRandom().random)
    listens = {"timeline": listening(settings.topics), "search": searching(settings.topics, Indexing(tokens))}
    consumer, finder = (
        Consumer(broker, units, one, owner=owner, backoff=backoff, limits=settings.limits) for one in listens.values()
    )
    rebuilding = _rebuilding(settings, broker, units, closers, listens=listens, groups=(consumer, finder))
    search = {"search": takes_part(finder), "search_log": log_is_whole(finder)}
    kept = Kept.of(database, units, settings.limits, consumer, finder)
    health = Health({**bus_checks(database, broker, consumer), **search, **kept.checks()}, kept.warnings())
    sibling = _siblings(settings, tracing, closers)
    doors, actors = _doors(sibling, units, tokens, hub)
    meters = Meters.of(settings)
    watch(meters, database, keyring, kept.ledger, consumer, finder)
    app = assembled(doors, actors, health, meters)
    app.tracing = tracing
    carrying = Lists(sibling("intake"), doors.sessions)
    app.include_router(lists.router(carrying))
    app.include_router(parked.router(kept))
    app.include_router(logs_accepted.router(database, broker, settings.topics, consumer, finder))
    app.include_router(projections.router(rebuilding))
    # A page of thousands of entries makes garbage enough for full collections: they need not walk what was imported.
    gc.collect()
    gc.freeze()
    beside_them = [kept.ledger.run, hub.run, carrying.run, rebuilding.run]
    return Service(NAME, health, app, [consumer.run, finder.run, *beside_them])


def _rebuilding(
    settings: Settings,
    broker: KafkaBroker,
    units: UnitsOfWork,
    closers: AsyncExitStack,
    *,
    listens: Mapping[str, Listening],
    groups: Sequence[Consumer],
) -> Rebuilding:
    """Writes beside the live tables, over connections of its own; the groups look anew once it has switched."""
    beside = Database.connect(settings.database_url(NAME), pool_size=2, schema=(NEXT, LIVE), application="rebuild")
    closers.push_async_callback(beside.close)

    def moved() -> None:
        for one in groups:
            one.look_again()

    return Rebuilding(broker, units, UnitsOfWork(beside, units.context), listens, moved)


def _siblings(
    settings: Settings, tracing: ServiceTracing, closers: AsyncExitStack
) -> Callable[[str], httpx2.AsyncClient]:
    """Makes clients of other services, closed with this one."""

    def sibling(service: str) -> httpx2.AsyncClient:
        client = client_of(settings, service, carry=tracing.carry)
        closers.push_async_callback(client.aclose)
        return client

    return sibling


def _doors(
    sibling: Callable[[str], httpx2.AsyncClient], units: UnitsOfWork, tokens: Tokens, hub: Hub
) -> tuple[Doors, Actors]:
    directory, deciding = sibling("directory"), sibling("cases")
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
