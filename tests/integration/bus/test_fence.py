"""Who may move an offset row, and when a partition is read at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bus.broker import Partition
from bus.database import GUARDS, Database
from bus.errors import Fenced, OffsetMoved
from bus.fence import Grip, Origin, advance, take
from bus.identity import uuid7
from bus.memory import MemoryBroker
from bus.partition import partition_of
from bus.uow import UnitOfWork, UnitsOfWork
from consuming import Stage, consumed, said, totals
from infra.stack.testing import TestDatabase

pytestmark = pytest.mark.integration

P0 = Partition("t", 0)
HERE = Origin("cluster", "topic")


class Forgetful(UnitsOfWork):
    """Commits, and loses the answer of the first `losses` commits."""

    losses = 1

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        async with super().begin() as unit:
            yield unit
        moved = await self._moved()
        if self.losses and moved:
            self.losses -= 1
            raise ConnectionResetError

    async def _moved(self) -> bool:
        async with self._database.autocommit() as raw:
            return bool(await raw.fetchval("select count(*) from consumer_offset where next_offset > 0"))


async def test_a_taker_starts_at_zero_and_each_later_one_has_a_higher_epoch_and_the_offset_reached(
    store: Database,
) -> None:
    async with store.transaction() as tx:
        first = await take(tx.raw, "g", P0, "one", HERE)
        await advance(tx.raw, "g", P0, first, 7)
        second = await take(tx.raw, "g", P0, "two", Origin("elsewhere", "other"))

    assert first == Grip(1, 0, HERE)
    assert second == Grip(2, 7, HERE)


async def test_who_was_overtaken_may_not_move_the_row(store: Database) -> None:
    async with store.transaction() as tx:
        old = await take(tx.raw, "g", P0, "one", HERE)
        await take(tx.raw, "g", P0, "two", HERE)

    with pytest.raises(Fenced) as raised:
        async with store.transaction() as tx:
            await advance(tx.raw, "g", P0, old, 1)
    assert not isinstance(raised.value, OffsetMoved)


async def test_a_holder_whose_commit_was_not_answered_learns_that_the_row_moved(store: Database) -> None:
    async with store.transaction() as tx:
        grip = await take(tx.raw, "g", P0, "one", HERE)
        await advance(tx.raw, "g", P0, grip, 5)

    with pytest.raises(OffsetMoved):
        async with store.transaction() as tx:
            await advance(tx.raw, "g", P0, grip, 5)


async def test_a_partition_that_another_took_is_left_alone_and_nothing_of_it_is_applied(stage: Stage) -> None:
    aggregate = uuid7()
    await stage.say(*(said(aggregate, n) for n in range(1, 6)))
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 5)
        async with stage.database.autocommit() as raw:
            await raw.execute("update consumer_offset set epoch = epoch + 1, owner = 'thief'")
        await stage.say(*(said(aggregate, n) for n in range(6, 9)))
        await stage.until(lambda: bool(consumer.health()))
        assert {state.value for state, _ in consumer.health().values()} == {"lost"}
        assert await stage.applied() == {str(aggregate): [1, 2, 3, 4, 5]}

        await stage.until(lambda: consumed(consumer) == 8)

    assert await stage.applied() == {str(aggregate): list(range(1, 9))}
    assert totals(consumer)["skipped"] == 0


async def test_a_commit_whose_answer_is_lost_is_not_applied_again(stage: Stage, work: UnitsOfWork) -> None:
    aggregate = uuid7()
    stage.units = Forgetful(stage.database, work.context)
    await stage.say(*(said(aggregate, n) for n in range(1, 21)))
    consumer = stage.consumer(pace=type(stage.consumer()._pace)(max_records=5, fetch=0.05))

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) >= 15)

    assert await stage.applied() == {str(aggregate): list(range(1, 21))}


async def gap_of(stage: Stage) -> str:
    """The reason that health gives for the one partition that is shut."""
    consumer = stage.consumer()
    async with stage.running(consumer):
        await stage.until(lambda: any(state.value == "log_gap" for state, _ in consumer.health().values()))
        (reason,) = {reason for state, reason in consumer.health().values() if state.value == "log_gap"}
    assert consumed(consumer) == 0
    return reason


async def test_a_log_that_lost_its_beginning_is_not_read_by_a_group_that_was_never_here(
    stage: Stage, memory: MemoryBroker
) -> None:
    memory.create_topic(stage.topic, 1)
    await stage.say(*(said(uuid7(), 1) for _ in range(10)))
    memory.expire(Partition(stage.topic, 0), 4)

    assert await gap_of(stage) == "offset 0 comes next, but the log holds 4 up to 10"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update consumer_offset set next_offset = 11", "offset 11 comes next, but the log holds 0 up to 10"),
        ("update consumer_offset set cluster_id = 'old'", "the offset counts in cluster old, this is "),
        ("update consumer_offset set topic_id = 'old'", "the offset counts in topic id old, phoihop.case.v1 is now "),
    ],
)
async def test_an_offset_that_does_not_count_in_this_log_keeps_the_gate_shut(
    stage: Stage, memory: MemoryBroker, change: str, reason: str
) -> None:
    memory.create_topic(stage.topic, 1)
    await stage.say(*(said(uuid7(), 1) for _ in range(10)))
    first = stage.consumer()
    async with stage.running(first):
        await stage.until(lambda: consumed(first) == 10)
    async with stage.database.autocommit() as raw:
        await raw.execute(change)

    assert (await gap_of(stage)).startswith(reason)


async def test_a_topic_made_anew_between_two_fetches_is_noticed_though_nobody_is_told(
    stage: Stage, memory: MemoryBroker
) -> None:
    consumer = stage.consumer(pace=type(stage.consumer()._pace)(fetch=0.05, compare=0.1))
    await stage.say(*(said(uuid7(), 1) for _ in range(10)))

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 10)
        memory._topics[stage.topic].id = "made-anew"
        await stage.until(lambda: {state.value for state, _ in consumer.health().values()} == {"log_gap"})


async def test_a_gap_that_was_healed_is_read_at_once_when_that_is_told(stage: Stage, memory: MemoryBroker) -> None:
    memory.create_topic(stage.topic, 1)
    await stage.say(*(said(uuid7(), 1) for _ in range(10)))
    memory.expire(Partition(stage.topic, 0), 4)
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: any(state.value == "log_gap" for state, _ in consumer.health().values()))
        async with stage.database.autocommit() as raw:
            await raw.execute("update consumer_offset set next_offset = 4")
        consumer.look_again()
        await stage.until(lambda: consumed(consumer) == 6)


async def test_a_gap_in_one_partition_leaves_the_others_open(stage: Stage, memory: MemoryBroker) -> None:
    events = [said(uuid7(), 1) for _ in range(30)]
    await stage.say(*events)
    memory.expire(Partition(stage.topic, 0), 1)
    consumer = stage.consumer()
    held = memory.log(Partition(stage.topic, 0)).end

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 30 - held)
        await stage.until(lambda: list(consumer.health()) == [Partition(stage.topic, 0)])


async def test_records_that_expire_under_a_reader_are_a_gap_too(stage: Stage, memory: MemoryBroker) -> None:
    memory.create_topic(stage.topic, 1)
    aggregate = uuid7()
    stage.trouble = lambda _event: (_ for _ in ()).throw(TimeoutError)
    await stage.say(*(said(aggregate, n) for n in range(1, 61)))
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: len(stage.calls) > 1)
        memory.expire(Partition(stage.topic, 0), 55)
        stage.trouble = lambda _event: None
        await stage.until(lambda: any(state.value == "log_gap" for state, _ in consumer.health().values()))

    assert await stage.applied() == {str(aggregate): list(range(1, 51))}


async def test_a_consumer_stops_at_once_though_nothing_comes(stage: Stage) -> None:
    consumer = stage.consumer(pace=type(stage.consumer()._pace)(fetch=60.0))
    stop = asyncio.Event()
    running = asyncio.create_task(consumer.run(stop))
    await stage.until(lambda: consumer._reader is not None)

    stop.set()

    async with asyncio.timeout(5.0):
        await running


async def test_a_row_that_a_frozen_holder_locks_keeps_no_other_partition_from_being_read(
    stage: Stage, database: TestDatabase
) -> None:
    seeds = {partition_of(str(one).encode(), 3): one for one in (uuid7() for _ in range(64))}
    aggregates = [seeds[number] for number in range(3)]
    await stage.say(*(said(aggregate, 1) for aggregate in aggregates))
    first = stage.consumer("frozen")
    async with stage.running(first):
        await stage.until(lambda: consumed(first) == 3)
    await stage.say(*(said(aggregate, 2) for aggregate in aggregates))
    # Without a limit of its own, taking the locked row would wait for an hour.
    patient = Database.connect(database.url("cases"), guards={**GUARDS, "lock_timeout": "1h"})
    stage.units = UnitsOfWork(patient, stage.units.context)
    second = stage.consumer("successor")

    async with stage.database.transaction() as frozen:
        await frozen.raw.execute("select from consumer_offset where part = 0 for update")
        async with stage.running(second):
            await stage.until(lambda: consumed(second) == 2)
            assert [partition.number for partition in second.health()] == [0]
    await patient.close()
