"""A relay sends everything that was committed, each aggregate in order, whoever dies or stands still meanwhile."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from bus.database import Database
from bus.errors import PublishUnknown
from bus.identity import uuid7
from bus.message import Message
from bus.outbox import Row, Table
from bus.relay import Relay, as_written
from bus.retry import passing
from bus.uow import UnitsOfWork
from infra.stack.testing import TestDatabase
from relay_builders import QUICK, Log, cursor, first_seen, running
from store_builders import claimed, say

pytestmark = pytest.mark.integration

END_ALL = """
select pg_terminate_backend(pid, 1000) from pg_stat_activity
where usename = 'intake' and datname = current_database()
"""


async def publish(work: UnitsOfWork, aggregate: UUID, sequences: Sequence[int]) -> None:
    async with work.begin() as uow:
        for sequence in sequences:
            say(uow, claimed(), aggregate, sequence)


async def roll_back(work: UnitsOfWork, many: int = 3) -> None:
    async def fails() -> None:
        async with work.begin() as uow:
            for _ in range(many):
                say(uow, claimed(), uuid7())
            await uow.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()


async def test_everything_committed_is_sent_once_and_in_order(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    one, other, log = uuid7(), uuid7(), Log()
    async with running(store, log, wake) as relay:
        await publish(work, one, range(1, 6))
        await publish(work, other, range(1, 3))
        await relay.caught_up()
        await publish(work, one, range(6, 9))
        await relay.caught_up()

    assert log.sequences(one) == list(range(1, 9))
    assert log.sequences(other) == [1, 2]


async def test_what_was_written_before_the_relay_started_is_sent(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    one, log = uuid7(), Log()
    await publish(work, one, range(1, 2501))
    async with running(store, log, wake) as relay:
        await relay.caught_up()

    assert log.sequences(one) == list(range(1, 2501))
    assert max(log.batches) <= QUICK.rows


async def test_a_long_transaction_delays_nobody_and_is_sent_when_it_commits(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    slow, quick, log = uuid7(), uuid7(), Log()
    async with running(store, log, wake) as relay:
        async with work.begin() as uow:
            say(uow, claimed(), slow)
            await uow.flush()
            await publish(work, quick, [1, 2])
            await relay.caught_up()
            assert log.sequences(quick) == [1, 2]
            assert log.sequences(slow) == []
        await relay.caught_up()

    assert log.sequences(slow) == [1]
    assert (await cursor(store))["gaps"] == []


async def test_ids_of_rolled_back_work_are_given_up(work: UnitsOfWork, store: Database, wake: asyncio.Event) -> None:
    one, log = uuid7(), Log()
    async with running(store, log, wake) as relay:
        await roll_back(work)
        await publish(work, one, [1])
        while (await cursor(store))["high"] == 0 or (await cursor(store))["gaps"]:
            await relay.caught_up()

    assert log.sequences(one) == [1]


async def test_an_outcome_that_the_broker_did_not_tell_is_sent_again_whole(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    one, log = uuid7(), Log()
    log.failures = [PublishUnknown(), PublishUnknown()]
    async with running(store, log, wake) as relay:
        await publish(work, one, range(1, 11))
        await relay.caught_up()

    assert len(log.messages) == 5 + 5 + 10
    assert first_seen(log.sequences(one)) == list(range(1, 11))


async def test_an_error_that_will_not_pass_ends_the_relay_and_nothing_is_skipped(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    one, log = uuid7(), Log()
    log.failures = [ValueError("the broker refuses this for good")]
    await publish(work, one, [1, 2])
    with pytest.raises(ValueError, match="for good"):
        await Relay(store, log, owner="one", wake=wake, pace=QUICK).run(asyncio.Event())

    async with running(store, log, wake, "next") as relay:
        await relay.caught_up()
    assert log.sequences(one)[-2:] == [1, 2]


async def published_at_last(work: UnitsOfWork, one: UUID, sequence: int) -> None:
    """Publish as a consumer would: again where the server ended the connection before it answered."""
    while True:
        try:
            return await publish(work, one, [sequence])
        except Exception as error:
            if not passing(error):
                raise


async def test_a_relay_lives_through_the_loss_of_its_connections(
    work: UnitsOfWork, store: Database, wake: asyncio.Event, database: TestDatabase
) -> None:
    one, log = uuid7(), Log()
    admin = await database.connect("postgres")
    async with running(store, log, wake) as relay:
        for sequence in range(1, 5):
            await published_at_last(work, one, sequence)
            await relay.caught_up()
            await admin.fetch(END_ALL)
    await admin.close()

    assert first_seen(log.sequences(one)) == [1, 2, 3, 4]


async def test_under_load_the_cursor_is_saved_once_a_second_at_most(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    now, log = [1000.0], Log()
    by_hand = replace(QUICK, rows=10, save=1.0, lease=60.0)

    def ticks() -> float:
        return now[0]

    await publish(work, uuid7(), range(1, 101))
    log.held = asyncio.Event()
    async with running(store, log, wake, pace=by_hand, ticks=ticks) as relay:
        await log.reached.wait()
        log.held.set()
        while len(log.batches) < 9:
            assert (await cursor(store))["high"] == 0
            await asyncio.sleep(0)
        await relay.caught_up()
        while (await cursor(store))["high"] < 100:
            await relay.caught_up()


async def test_a_batch_is_bounded_by_its_bytes_and_keeps_the_order(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    one, log = uuid7(), Log()
    await publish(work, one, range(1, 21))
    async with running(store, log, wake, pace=replace(QUICK, size=1000)) as relay:
        await relay.caught_up()

    assert log.sequences(one) == list(range(1, 21))
    assert len(log.batches) > 2
    assert max(log.batches) < 20


async def test_gaps_that_fill_with_more_than_one_batch_are_all_sent(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    slow, quick, log = uuid7(), uuid7(), Log()
    async with running(store, log, wake, pace=replace(QUICK, size=1000)) as relay:
        async with work.begin() as uow:
            for sequence in range(1, 41):
                say(uow, claimed(), slow, sequence)
            await uow.flush()
            await publish(work, quick, [1])
            await relay.caught_up()
        for _ in range(3):
            await relay.caught_up()

    assert log.sequences(slow) == list(range(1, 41))
    assert (await cursor(store))["gaps"] == []


async def test_rendering_may_leave_rows_out_and_make_several_of_one(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    log, hidden, shown = Log(), uuid7(), uuid7()

    async def render(rows: Sequence[Row]) -> list[Message]:
        kept = [message for message in await as_written(rows) if message.key != str(hidden).encode()]
        return [copy for message in kept for copy in (message, replace(message, topic="copy"))]

    async with running(store, log, wake, render=render) as relay:
        await publish(work, hidden, [1])
        await relay.caught_up()
        await publish(work, shown, [1, 2])
        await relay.caught_up()

    assert [message.topic for message in log.messages] == ["phoihop.case.v1", "copy"] * 2
    assert log.sequences(shown) == [1, 1, 2, 2]
    assert log.sequences(hidden) == []


async def test_a_table_of_another_shape_is_its_own_outbox(store: Database, wake: asyncio.Event) -> None:
    feed = Table("feed", ("unit", "number", "event"), "octet_length(event)", partitioned=False)
    async with store.autocommit() as raw:
        await raw.execute(
            "create table feed (xid xid8 not null default pg_current_xact_id(),"
            " id bigint generated always as identity primary key, unit text, number int, event bytea)"
        )
        await raw.executemany(
            "insert into feed (unit, number, event) values ($1, $2, $3)", [("qltt-79", n, b"x") for n in (1, 2, 3)]
        )

    async def render(rows: Sequence[Row]) -> list[Message]:
        return [
            Message(f"to.{row.values['unit']}", b"%d" % row.values["number"], row.values["event"], ()) for row in rows
        ]

    log = Log()
    async with running(store, log, wake, table=feed, render=render) as relay:
        await relay.caught_up()

    assert [(message.topic, message.key) for message in log.messages] == [("to.qltt-79", b"%d" % n) for n in (1, 2, 3)]
    assert (await cursor(store, "feed"))["high"] == 3
