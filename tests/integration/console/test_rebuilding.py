"""A projection is made again beside the live one, is equal to it, takes its place, and gives it back."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from builders import event, example
from bus.broker import Partition
from bus.consumer import Consumer, Listening, Pace
from bus.database import Database
from bus.errors import Refused
from bus.memory import MemoryBroker
from bus.retry import Backoff
from bus.uow import UnitsOfWork
from bus.wire import encode
from case_builders import numbered
from console_board import SEARCH_PEPPER, Board
from console_builders import claimed
from infra.stack.testing import TestDatabase
from schemas.envelope import Event
from schemas.events.tip import TipHeld
from schemas.topics import Topics
from schemas.views import View
from search_builders import OPEN, added, forwarded, origin_of, proposed, received
from services.console.consumer import listening, searching
from services.console.handlers.indexing import Indexing
from services.console.model.tokens import Tokens
from services.console.rebuilding import Rebuilding, Standing

pytestmark = pytest.mark.integration

WHO = {"person": "quan-tri", "unit": "vptt-389", "roles": ["directory_admin"]}
QUICK = Pace(max_records=20, fetch=0.02, lost=0.1)
CLEARED = "consumer_offset, seen, parked_event, parked_key, projection_rebuild"


@dataclass
class Plant:
    """The console's groups over a log in memory, and what makes their tables again."""

    board: Board
    broker: MemoryBroker
    listenings: dict[str, Listening]
    rebuilding: Rebuilding
    beside: UnitsOfWork
    consumers: list[Consumer]

    async def say(self, *events: Event[Any]) -> None:
        """Publish to the topics of their aggregates, sealed."""
        sealed = await self.board.sealed(*events)
        await self.broker.publish([encode(one, Topics().of_aggregate(one.data.aggregate())) for one in sealed])

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        """Both live groups at work."""
        stop = asyncio.Event()
        self.consumers[:] = [
            Consumer(self.broker, self.board.units, one, owner="live", backoff=Backoff(lambda: 0.0), pace=QUICK)
            for one in self.listenings.values()
        ]
        tasks = [asyncio.create_task(one.run(stop)) for one in self.consumers]
        yield
        await self.settled()
        stop.set()
        await asyncio.gather(*tasks)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The rebuilds at work."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.rebuilding.run(stop))
        try:
            yield
        finally:
            stop.set()
            await task

    async def settled(self) -> None:
        """Wait until both live groups have read all there is."""
        async with asyncio.timeout(20):
            while not await self.whole():  # noqa: ASYNC110 - told by the database alone
                await asyncio.sleep(0.05)

    async def whole(self) -> bool:
        query = "select grp, sum(next_offset)::int from consumer_offset where grp !~ '[@~]' group by grp"
        total = sum(self.broker.log(Partition(topic, n)).end for topic in self.topics for n in range(3))
        return [total, total] == [row[1] for row in await self.rows(query)]

    @property
    def topics(self) -> tuple[str, ...]:
        return self.listenings["timeline"].topics

    async def rows(self, query: str) -> list[Any]:
        async with self.board.units.begin() as uow:
            return [tuple(row) for row in await uow.raw.fetch(query)]

    async def equal(self, name: str) -> Standing:
        """Wait until the rebuild stands where the live group stands."""
        async with asyncio.timeout(20):
            while (found := await self.rebuilding.standing(name)).built is None:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
        return found


@pytest.fixture
async def plant(board: Board, database: TestDatabase) -> AsyncIterator[Plant]:
    connections = Database.connect(database.url("console"), schema=("console_next", "console"), application="beside")
    async with board.units.begin() as uow:
        await uow.raw.execute(f"truncate {CLEARED}")
    broker, beside = MemoryBroker(), UnitsOfWork(connections, board.units.context)
    listenings = {
        "timeline": listening(Topics()),
        "search": searching(Topics(), Indexing(Tokens(SEARCH_PEPPER))),
    }
    for topic in listenings["timeline"].topics:
        broker.create_topic(topic, 3)
    consumers: list[Consumer] = []

    def moved() -> None:
        for one in consumers:
            one.look_again()

    rebuilding = Rebuilding(broker, board.units, beside, listenings, moved)
    yield Plant(board, broker, listenings, rebuilding, beside, consumers)
    await connections.close()


def story(seed: int = 7) -> list[Event[Any]]:
    """Tips that are forwarded, cases that grow from them and are claimed, and holds among them."""
    chance, found = random.Random(seed), []
    for number in range(1, 9):
        found += [received(number), forwarded(number), proposed(number, OPEN)]
        if chance.random() < 0.6:
            found.append(added(number, 10 * number, sequence=2))
        if chance.random() < 0.4:
            held = example(TipHeld)
            found.append(event(held, subject=origin_of(number), sequence=3, audience={"integrity-389": View.FULL}))
    return found


async def content(plant: Plant) -> list[Any]:
    return await plant.rows("select unit, case_id, state, part from sight order by 1, 2")


@pytest.mark.parametrize("name", ["timeline", "search"])
async def test_what_is_made_again_equals_what_is_live(plant: Plant, name: str) -> None:
    async with plant.live():
        await plant.say(*story())
    await plant.rebuilding.ask(name, "thử", WHO)

    async with plant.at_work():
        found = await plant.equal(name)

    assert found.live == found.built
    assert found.read == found.wanted > 0


async def test_the_hash_tells_content_that_is_not_the_same(plant: Plant) -> None:
    async with plant.live():
        await plant.say(*story())
    async with plant.board.units.begin() as uow:
        await uow.raw.execute("update sight set part = 2 where ctid = (select ctid from sight where part = 0 limit 1)")
    await plant.rebuilding.ask("timeline", "thử", WHO)

    async with plant.at_work():
        found = await plant.equal("timeline")

    assert found.live != found.built


async def test_a_switch_changes_what_is_read_and_the_live_group_goes_on_from_there(plant: Plant) -> None:
    async with plant.live(), plant.at_work():
        await plant.say(*story())
        await plant.settled()
        before = await content(plant)
        async with plant.board.units.begin() as uow:
            await uow.raw.execute("delete from sight")
        await plant.rebuilding.ask("timeline", "bảng bị hỏng", WHO)
        await plant.equal("timeline")
        switched = await plant.rebuilding.switch("timeline")
        assert await content(plant) == before
        await plant.say(claimed(numbered(1), OPEN, 2), proposed(50, OPEN), received(50))
        await plant.settled()

    assert switched.hashes["live"] != switched.hashes["built"]
    assert len(await content(plant)) > len(before)
    assert await plant.rows("select count(*) from parked_event") == [(0,)]
    assert await plant.rows("select distinct grp from consumer_offset order by 1") == [
        ("console.search",),
        ("console.timeline",),
        ("console.timeline~former",),
    ]


async def test_tables_that_took_the_place_are_as_those_before_down_to_the_names(plant: Plant) -> None:
    shape = """
    select indexname::text, indexdef from pg_indexes where schemaname = 'console' and tablename !~ 'outbox' union all
    select conname::text, pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'console'::regnamespace order by 1, 2"""
    before = await plant.rows(shape)
    async with plant.live(), plant.at_work():
        await plant.say(*story())
        await plant.settled()
        for name in ("timeline", "search"):
            await plant.rebuilding.ask(name, "thử", WHO)
            await plant.equal(name)
            await plant.rebuilding.switch(name)

    assert await plant.rows(shape) == before


async def test_what_was_live_before_can_be_brought_back_and_catches_up(plant: Plant) -> None:
    async with plant.live(), plant.at_work():
        await plant.say(*story())
        await plant.settled()
        await plant.rebuilding.ask("timeline", "thử", WHO)
        await plant.equal("timeline")
        await plant.rebuilding.switch("timeline")
        await plant.say(proposed(50, OPEN))
        await plant.settled()
        with_all = await content(plant)
        await plant.rebuilding.roll_back("timeline")
        await plant.say(proposed(51, OPEN))
        await plant.settled()

    after = await content(plant)
    assert set(with_all) < set(after)
    with pytest.raises(Refused):
        await plant.rebuilding.roll_back("timeline")


async def test_a_rebuild_that_was_interrupted_halfway_goes_on_where_it_stood(plant: Plant) -> None:
    async with plant.live():
        await plant.say(*story())
    made = await plant.rebuilding.ask("timeline", "thử", WHO)
    group = f"console.timeline{made.group}"
    half = {"stop": asyncio.Event()}
    listens = plant.listenings["timeline"]
    one = Consumer(
        *(plant.broker, plant.beside, Listening(group, listens.topics, subscriptions=listens.subscriptions)),
        owner="killed",
        backoff=Backoff(lambda: 0.0),
        pace=Pace(max_records=1, fetch=0.02),
    )
    task = asyncio.create_task(one.run(half["stop"]))
    async with asyncio.timeout(10):
        while sum(each.consumed for each in one.counts.values()) < 5:  # noqa: ASYNC110 - told by the consumer
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait({task})
    with pytest.raises(Refused):
        await plant.rebuilding.ask("timeline", "lần nữa", WHO)

    async with plant.at_work():
        found = await plant.equal("timeline")

    assert found.live == found.built


async def test_what_has_not_caught_up_does_not_take_the_place(plant: Plant) -> None:
    async with plant.live():
        await plant.say(*story())
    with pytest.raises(Refused):
        await plant.rebuilding.switch("timeline")
    await plant.rebuilding.ask("timeline", "thử", WHO)

    with pytest.raises(Refused):
        await plant.rebuilding.switch("timeline")
    assert (await plant.rebuilding.standing("timeline")).read == 0


async def test_an_unknown_projection_is_refused(plant: Plant) -> None:
    for act in (plant.rebuilding.standing, plant.rebuilding.switch, plant.rebuilding.roll_back):
        with pytest.raises(Refused):
            await act("feeds")
