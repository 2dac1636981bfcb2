"""What was said is published again from outbox and archive: whole, in order, and once more after any interruption."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from bus.archive import archive_passed
from bus.broker import LogPlace
from bus.database import Database
from bus.errors import Fenced, PublishUnknown, Transient
from bus.identity import uuid7
from bus.message import Message
from bus.outbox import Table
from bus.partitions import ensure_partitions
from bus.resend import Resend, Wanted, ask, resends
from bus.resending import Resending
from bus.uow import UnitsOfWork
from relay_builders import Log, first_seen, running
from schemas.topics import Topics
from store_builders import claimed, say

pytestmark = pytest.mark.integration

TOPIC = Topics().of_aggregate("case")
OTHER = Topics().of_aggregate("command")
WHO = {"login": "quan-tri", "unit": "phoihop"}


class Place(Log):
    """A log that can be looked at, and that may lose all that it holds."""

    missing = False

    async def describe(self, topic: str) -> LogPlace:
        if self.missing:
            raise Transient(f"{topic} is not there")
        return LogPlace("cluster", "topic", {0: 0}, {0: len(self.messages)})


async def publish(work: UnitsOfWork, aggregate: UUID, *sequences: int) -> None:
    for sequence in sequences:
        async with work.begin() as uow:
            say(uow, claimed(), aggregate, sequence)


async def elsewhere(work: UnitsOfWork, log: Log) -> None:
    """Say something on another topic, and wait until it is sent."""
    before = sum(one.topic == OTHER for one in log.messages)
    async with work.begin() as uow:
        uow.forward(Message(OTHER, None, b"{}", ()), uuid7())
    async with asyncio.timeout(2):
        while sum(one.topic == OTHER for one in log.messages) == before:  # noqa: ASYNC110 - told by the log alone
            await asyncio.sleep(0.01)


async def wish(store: Database, **wanted: Any) -> Resend:
    async with store.autocommit() as raw:
        found = await ask(raw, replace(Wanted(topic=TOPIC, rate=1_000_000), **wanted), "mất dữ liệu", WHO)
    assert found is not None
    return found


async def latest(store: Database) -> Resend:
    async with store.autocommit() as raw:
        return (await resends(raw, 1))[0]


async def finished(store: Database) -> Resend:
    async with asyncio.timeout(20):
        while (found := await latest(store)).finished_at is None:  # noqa: ASYNC110 - told by the database alone
            await asyncio.sleep(0.02)
    return found


async def test_all_that_was_said_is_said_again_behind_what_the_log_holds(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    log, one, two = Place(), uuid7(), uuid7()
    async with running(store, log, wake, resending=Resending(store, log)) as relay:
        await publish(work, one, *range(1, 11))
        await publish(work, two, *range(1, 6))
        await relay.caught_up()
        await wish(store)
        told = await finished(store)

    assert (told.sent, told.whole, told.starts) == (15, True, {0: 15})
    assert log.messages[15:] == log.messages[:15]


async def test_what_is_said_meanwhile_waits_for_its_turn(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    log, one = Place(), uuid7()
    async with running(store, log, wake, resending=Resending(store, log)) as relay:
        await publish(work, one, *range(1, 41))
        await relay.caught_up()
        del log.messages[:]
        await wish(store, rate=200)
        async with asyncio.timeout(10):
            while not log.messages:  # noqa: ASYNC110 - told by the log alone
                await asyncio.sleep(0.01)
        await publish(work, one, *range(41, 61))
        await finished(store)
        await publish(work, one, 61)
        await relay.caught_up()

    # A reader that has only this log finds no hole: nothing stands before what it follows.
    assert log.sequences(one) == list(range(1, 62))


async def test_other_topics_go_on_meanwhile(store: Database, work: UnitsOfWork, wake: asyncio.Event) -> None:
    log, one = Place(), uuid7()
    async with running(store, log, wake, resending=Resending(store, log)) as relay:
        await publish(work, one, *range(1, 41))
        await relay.caught_up()
        await wish(store, rate=20)
        async with asyncio.timeout(10):
            while len(log.messages) == 40:  # noqa: ASYNC110 - told by the log alone
                await asyncio.sleep(0.01)
        await elsewhere(work, log)
        assert (await latest(store)).finished_at is None


async def test_a_range_an_aggregate_or_a_time_is_all_that_is_said_again(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    log, one, two = Place(), uuid7(), uuid7()
    async with running(store, log, wake, resending=Resending(store, log)) as relay:
        for sequence in range(1, 6):
            await publish(work, one, sequence)
            await publish(work, two, sequence)
        await relay.caught_up()
        async with store.autocommit() as raw:
            sixth = await raw.fetchval("select created_at from outbox where id = 6")
        for wanted, ids in (
            ({"from_id": 3, "to_id": 6}, [3, 4, 5, 6]),
            ({"aggregate": two}, [2, 4, 6, 8, 10]),
            ({"since": sixth}, [6, 7, 8, 9, 10]),
            ({"until": sixth, "from_id": 4}, [4, 5]),
        ):
            before = len(log.messages)
            await wish(store, **wanted)
            told = await finished(store)
            assert log.messages[before:] == [log.messages[number - 1] for number in ids]
            assert not told.whole


async def test_what_was_archived_is_said_again_with_the_rest(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    async with store.autocommit() as raw:
        await raw.execute("drop table outbox_0, outbox_5000000, outbox_10000000")
        await raw.execute("create table outbox_0 partition of outbox for values from (0) to (10)")
    await ensure_partitions(store, ahead=4, rows=10)
    log, one = Place(), uuid7()
    async with running(store, log, wake, table=Table(partition_rows=10), resending=Resending(store, log)) as relay:
        await publish(work, one, *range(1, 26))
        await relay.caught_up()
    assert await archive_passed(store) == ["outbox_0", "outbox_10"]

    del log.messages[:]
    await wish(store)
    async with running(store, log, wake, resending=Resending(store, log)):
        await finished(store)

    assert log.sequences(one) == list(range(1, 26))


async def test_a_partition_on_its_way_to_the_archive_is_waited_for_and_never_left_out(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    async with store.autocommit() as raw:
        await raw.execute("drop table outbox_0, outbox_5000000, outbox_10000000")
        await raw.execute("create table outbox_0 partition of outbox for values from (0) to (10)")
    await ensure_partitions(store, ahead=4, rows=10)
    log, one = Place(), uuid7()
    async with running(store, log, wake, resending=Resending(store, log)) as relay:
        await publish(work, one, *range(1, 16))
        await relay.caught_up()
        async with store.autocommit() as raw:
            await raw.execute("alter table outbox detach partition outbox_0 concurrently")
        del log.messages[:]
        await wish(store)
        async with asyncio.timeout(10):
            while (await latest(store)).started_at is None:  # noqa: ASYNC110 - told by the database alone
                await asyncio.sleep(0.02)
        for _ in range(2):
            # What is said on another topic comes out: the relay has turned, and looked at the resend, meanwhile.
            await elsewhere(work, log)
        assert log.sequences(one) == []
        await archive_passed(store)
        await finished(store)

    assert log.sequences(one) == list(range(1, 16))


async def test_a_relay_that_takes_over_goes_on_where_it_was_left(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    log, one = Place(), uuid7()
    async with running(store, log, wake, resending=Resending(store, log)) as relay:
        await publish(work, one, *range(1, 31))
        await relay.caught_up()
    del log.messages[:]
    await wish(store, rate=300)
    async with running(store, log, wake, "first", resending=Resending(store, log)), asyncio.timeout(10):
        while len(log.messages) < 5:  # noqa: ASYNC110 - told by the log alone
            await asyncio.sleep(0.01)
        await publish(work, one, 31)
    assert (await latest(store)).finished_at is None

    async with running(store, log, wake, "second", resending=Resending(store, log)):
        told = await finished(store)

    assert told.starts == {0: 0}
    assert first_seen(log.sequences(one)) == list(range(1, 32))


async def test_a_publish_of_unknown_outcome_is_said_again_and_nothing_is_left_out(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    log, one = Place(), uuid7()
    async with running(store, log, wake, resending=Resending(store, log)) as relay:
        await publish(work, one, *range(1, 21))
        await relay.caught_up()
        del log.messages[:]
        log.failures.append(PublishUnknown("half of it"))
        await wish(store)
        await finished(store)

    assert first_seen(log.sequences(one)) == list(range(1, 21))


async def test_a_relay_that_lost_the_lease_moves_no_resend(store: Database, work: UnitsOfWork) -> None:
    log = Place()
    await publish(work, uuid7(), 1)
    await wish(store)
    stale = Resending(store, log)

    with pytest.raises(Fenced):
        await stale.look(epoch=7)


async def test_one_resend_a_topic_at_a_time_and_each_says_who_asked_and_why(store: Database) -> None:
    asked = await wish(store)
    async with store.autocommit() as raw:
        assert await ask(raw, Wanted(topic=TOPIC), "again", WHO) is None
        assert await ask(raw, Wanted(topic="phoihop.tip.v1"), "another topic", WHO) is not None

    assert (asked.reason, asked.actor["login"], asked.started_at) == ("mất dữ liệu", "quan-tri", None)


async def test_a_topic_that_is_not_there_is_waited_for_while_others_are_served(
    store: Database, work: UnitsOfWork, wake: asyncio.Event
) -> None:
    log, one = Place(), uuid7()
    log.missing = True
    await wish(store)
    async with running(store, log, wake, resending=Resending(store, log)) as relay:
        await publish(work, one, 1, 2)
        await relay.caught_up()
        assert log.sequences(one) == [1, 2]
        log.missing = False
        await finished(store)
