"""Passed partitions move to the archive while writers write, and an interruption loses nothing."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from bus.archive import archive_passed, settled
from bus.database import Database
from bus.identity import uuid7
from bus.keeping import Keeper
from bus.outbox import Table
from bus.partitions import ensure_partitions
from bus.retry import passing
from bus.uow import UnitsOfWork
from relay_builders import Log, first_seen, running
from store_builders import claimed, rows, say

pytestmark = pytest.mark.integration

SMALL = Table(partition_rows=10)
_NAMES = "select inhrelid::regclass::text from pg_inherits where inhparent = $1::regclass"
_FREE = "select relname::text from pg_class where relname ~ '^outbox_[0-9]+$' and relkind = 'r' and not relispartition"


async def names(store: Database, parent: str) -> list[str]:
    async with store.autocommit() as raw:
        found = [str(row[0]) for row in await raw.fetch(_NAMES, parent)]
    return sorted(found, key=lambda name: int(name.rpartition("_")[2]))


async def small(store: Database) -> None:
    """An outbox of partitions of ten ids, two ahead."""
    async with store.autocommit() as raw:
        await raw.execute("drop table outbox_0, outbox_5000000, outbox_10000000")
        await raw.execute("create table outbox_0 partition of outbox for values from (0) to (10)")
    await ensure_partitions(store, rows=10)


async def publish(work: UnitsOfWork, aggregate: UUID, sequences: Sequence[int]) -> None:
    for sequence in sequences:
        async with work.begin() as uow:
            say(uow, claimed(), aggregate, sequence)


async def passed(store: Database, high: int, gaps: Sequence[int] = ()) -> None:
    async with store.autocommit() as raw:
        await raw.execute("update outbox_cursor set high = $1, gaps = $2", high, list(gaps))


async def test_only_partitions_that_lie_behind_the_relay_are_archived(store: Database, work: UnitsOfWork) -> None:
    await small(store)
    await publish(work, uuid7(), range(1, 19))
    await passed(store, 18)

    assert await archive_passed(store) == ["outbox_0"]
    assert await archive_passed(store) == []
    assert await names(store, "outbox_archive") == ["outbox_0"]
    async with store.autocommit() as raw:
        kept = await raw.fetch("select id, xid is not null as whole from outbox_archive order by id")
    assert [tuple(row) for row in kept] == [(number, True) for number in range(1, 10)]
    assert [row.id for row in await rows(store)] == list(range(10, 19))


async def test_a_gap_that_may_still_fill_keeps_its_partition(store: Database, work: UnitsOfWork) -> None:
    await small(store)
    await publish(work, uuid7(), range(1, 19))
    await passed(store, 18, gaps=[7])

    assert await archive_passed(store) == []
    await passed(store, 18)
    assert await archive_passed(store) == ["outbox_0"]


async def test_writers_at_work_are_not_stopped_and_everything_is_sent_once_in_order(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    await small(store)
    # Writers of a moment fill more than a job of once a minute could make.
    await ensure_partitions(store, ahead=20, rows=10)
    log, stop = Log(), asyncio.Event()
    aggregates = [uuid7() for _ in range(4)]
    keeper = asyncio.create_task(Keeper(store, SMALL, every=0.02).run(stop))

    async with running(store, log, wake, table=SMALL) as relay, asyncio.timeout(60):
        await asyncio.gather(*(publish(work, aggregate, range(1, 41)) for aggregate in aggregates))
        await relay.caught_up()
        while len(await names(store, "outbox_archive")) < 10:  # noqa: ASYNC110 - the job is in the database's hands
            await asyncio.sleep(0.02)
    stop.set()
    await keeper

    assert all(first_seen(log.sequences(one)) == list(range(1, 41)) for one in aggregates)
    async with store.autocommit() as raw:
        both = "select count(distinct event_id) from (select * from outbox union all select * from outbox_archive) as o"
        assert await raw.fetchval(both) == 160


async def test_a_writer_s_open_transaction_is_waited_for_and_not_stopped(store: Database, work: UnitsOfWork) -> None:
    await small(store)
    await publish(work, uuid7(), range(1, 13))
    await passed(store, 12)
    async with work.begin() as uow:
        say(uow, claimed(), uuid7())
        await uow.flush()
        archiving = asyncio.create_task(archive_passed(store))
        async with asyncio.timeout(3):
            await publish(work, uuid7(), range(1, 4))
        assert not archiving.done()

    assert await archiving == ["outbox_0"]


async def test_a_detachment_that_was_interrupted_is_finished_by_the_next_call(
    store: Database, work: UnitsOfWork
) -> None:
    await small(store)
    await publish(work, uuid7(), range(1, 13))
    await passed(store, 12)
    async with store.transaction() as reader:
        await reader.raw.fetch("select count(*) from outbox")
        # The second half of a detachment waits for this reader, and is given up.
        with pytest.raises(Exception, match="lock timeout") as given_up:
            await archive_passed(store)
        assert passing(given_up.value)
    async with store.transaction() as found:
        assert not await settled(found.raw)

    assert await archive_passed(store) == ["outbox_0"]
    async with store.transaction() as found:
        assert await settled(found.raw)


async def test_a_partition_that_was_detached_and_not_yet_archived_is_taken_up(
    store: Database, work: UnitsOfWork
) -> None:
    await small(store)
    await publish(work, uuid7(), range(1, 13))
    async with store.autocommit() as raw:
        await raw.execute("alter table outbox detach partition outbox_0 concurrently")
        assert [row[0] for row in await raw.fetch(_FREE)] == ["outbox_0"]
    async with store.transaction() as found:
        assert not await settled(found.raw)

    assert await archive_passed(store) == ["outbox_0"]


async def test_outbox_and_archive_are_read_together_only_while_nothing_moves(store: Database) -> None:
    async with store.transaction() as reader, store.autocommit() as mover:
        await mover.fetchval("select pg_advisory_lock(hashtextextended(current_schema() || '.outbox_archive', 0))")
        assert not await settled(reader.raw)
        await mover.execute("select pg_advisory_unlock_all()")
        assert await settled(reader.raw)
        assert await archive_passed(store) == []


async def test_too_little_room_is_an_alarm_until_there_is_enough(store: Database) -> None:
    await small(store)
    keeper, stop = Keeper(store, SMALL, every=0.02), asyncio.Event()
    async with store.autocommit() as raw:
        await raw.execute("drop table outbox_20")
    async with store.transaction() as other:
        # Who changes the table at the same time keeps the job from making room.
        await other.raw.execute("lock table outbox in share update exclusive mode")
        task = asyncio.create_task(keeper.run(stop))
        async with asyncio.timeout(10):
            while keeper.trouble() is None:  # noqa: ASYNC110 - told by the keeper alone
                await asyncio.sleep(0.02)
        assert keeper.trouble() == "1 partitions of outbox lie ahead, 2 should"
    async with asyncio.timeout(10):
        while keeper.trouble() is not None:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
    stop.set()
    await task
