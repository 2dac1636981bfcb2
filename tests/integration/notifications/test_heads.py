"""Readers that wait learn of new events from one look at the database, and never by looking themselves."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bus.database import Raw
from bus.identity import uuid7
from feed_builders import CO, LEAD, proposed
from feed_desk import FeedDesk
from services.notifications.heads import Heads
from services.notifications.repository import feeds

pytestmark = pytest.mark.integration
SECONDS = 20.0


@asynccontextmanager
async def watching(heads: Heads) -> AsyncIterator[None]:
    """The heads at work."""
    stop = asyncio.Event()
    task = asyncio.create_task(heads.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def test_a_bell_answers_a_waiting_reader(desk: FeedDesk) -> None:
    bell, never = asyncio.Event(), asyncio.Event()
    heads = Heads(desk.database, bell)
    async with watching(heads), asyncio.timeout(SECONDS):
        waiting = asyncio.create_task(heads.beyond(LEAD, 0, 1000, never))
        await desk.append(proposed(uuid7(), uuid7()))
        bell.set()
        await waiting


async def test_what_another_process_wrote_is_noticed_without_a_bell(desk: FeedDesk) -> None:
    heads = Heads(desk.database, asyncio.Event())
    async with watching(heads), asyncio.timeout(SECONDS):
        waiting = asyncio.create_task(heads.beyond(LEAD, 0, 1000, asyncio.Event()))
        await desk.append(proposed(uuid7(), uuid7()))
        await waiting


async def test_a_reader_waits_on_while_only_others_get_something(desk: FeedDesk) -> None:
    bell = asyncio.Event()
    heads = Heads(desk.database, bell)
    async with watching(heads), asyncio.timeout(SECONDS):
        other = asyncio.create_task(heads.beyond(CO, 0, 1000, asyncio.Event()))
        waiting = asyncio.create_task(heads.beyond(LEAD, 1, 1000, asyncio.Event()))
        await desk.append(proposed(uuid7(), uuid7()))
        bell.set()
        await other
        assert not waiting.done()
        await desk.append(proposed(uuid7(), uuid7()))
        bell.set()
        await waiting


async def test_a_wait_ends_when_its_time_is_over_or_the_service_ends(desk: FeedDesk) -> None:
    heads, ending = Heads(desk.database, asyncio.Event()), asyncio.Event()
    async with asyncio.timeout(SECONDS):
        await heads.beyond(LEAD, 0, 0.05, ending)
        waiting = asyncio.create_task(heads.beyond(LEAD, 0, 1000, ending))
        ending.set()
        await waiting


async def test_the_database_is_not_asked_faster_than_four_times_a_second(
    desk: FeedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    look = feeds.heads
    clock = asyncio.get_running_loop().time
    enough = asyncio.Event()

    async def counted(raw: Raw) -> dict[str, int]:
        looks.append(clock())
        if len(looks) == 4:
            enough.set()
        return await look(raw)

    monkeypatch.setattr(feeds, "heads", counted)
    bell = asyncio.Event()
    async with watching(Heads(desk.database, bell)), asyncio.timeout(SECONDS):
        while not enough.is_set():
            bell.set()
            await asyncio.sleep(0)
    assert min(later - earlier for earlier, later in itertools.pairwise(looks)) >= 0.24
