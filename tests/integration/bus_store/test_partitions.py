"""The outbox has room before it is needed, and writers do not wait while it is made."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bus.database import Database
from bus.identity import uuid7
from bus.outbox import Table
from bus.partitions import ensure_partitions
from bus.uow import UnitsOfWork
from relay_builders import QUICK, Log, running
from store_builders import claimed, rows, say

pytestmark = pytest.mark.integration

_PARTITIONS = "select inhrelid::regclass::text from pg_inherits where inhparent = 'outbox'::regclass"


async def partitions(store: Database) -> list[str]:
    async with store.autocommit() as raw:
        names = [str(row[0]) for row in await raw.fetch(_PARTITIONS)]
    return sorted(names, key=lambda name: int(name.removeprefix("outbox_")))


async def small(store: Database) -> None:
    """Only room for the ids 1 to 9."""
    async with store.autocommit() as raw:
        await raw.execute("drop table outbox_0, outbox_5000000, outbox_10000000")
        await raw.execute("create table outbox_0 partition of outbox for values from (0) to (10)")


async def publish(work: UnitsOfWork, sequences: Sequence[int]) -> None:
    async with work.begin() as uow:
        for sequence in sequences:
            say(uow, claimed(), uuid7(), sequence)


async def test_a_new_schema_has_two_partitions_ahead_already(store: Database) -> None:
    assert await ensure_partitions(store) == 0
    assert await partitions(store) == ["outbox_0", "outbox_5000000", "outbox_10000000"]


async def test_missing_partitions_are_made_end_to_end_and_named_by_their_first_id(
    store: Database, work: UnitsOfWork
) -> None:
    await small(store)

    assert await ensure_partitions(store, rows=10) == 2
    assert await ensure_partitions(store, rows=10) == 0
    await publish(work, range(1, 26))

    assert await partitions(store) == ["outbox_0", "outbox_10", "outbox_20"]
    assert [row.id for row in await rows(store)] == list(range(1, 26))


async def test_an_added_partition_keeps_what_the_outbox_promises(store: Database, work: UnitsOfWork) -> None:
    await small(store)
    await ensure_partitions(store, rows=10)
    await publish(work, range(1, 12))

    async with store.autocommit() as raw:
        indexes = await raw.fetchval("select count(*) from pg_indexes where tablename = 'outbox_10'")
        written = await raw.fetchrow("select xid is not null and created_at <= now() as whole from outbox_10")
    assert (indexes, written["whole"]) == (1, True)


async def test_two_who_look_ahead_at_once_do_the_work_once(store: Database) -> None:
    await small(store)

    made = await asyncio.gather(*(ensure_partitions(store, rows=10) for _ in range(4)))

    assert sorted(made) == [0, 0, 0, 2]


async def test_partitions_are_made_while_a_writer_s_transaction_is_open(store: Database, work: UnitsOfWork) -> None:
    await small(store)
    async with work.begin() as uow:
        say(uow, claimed(), uuid7())
        await uow.flush()

        async with asyncio.timeout(5):
            assert await ensure_partitions(store, rows=10) == 2


async def test_a_table_without_partitions_is_told(store: Database) -> None:
    async with store.autocommit() as raw:
        await raw.execute("create table plain (id bigint generated always as identity)")

    with pytest.raises(ValueError, match="plain has no partitions"):
        await ensure_partitions(store, "plain")


async def test_a_relay_makes_room_when_it_starts_and_as_it_goes(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    await small(store)
    pace = replace(QUICK, partition_check_rows=5)
    async with running(store, Log(), wake, table=Table(partition_rows=10), pace=pace) as relay:
        await relay.caught_up()
        for _ in range(5):
            await publish(work, range(1, 9))
            await relay.caught_up()

    assert len(await partitions(store)) == 7
