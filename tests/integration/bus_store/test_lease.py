"""Of several relays one sends; another takes over when it stops, dies or stands still, and it can do no harm later."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bus.cursor import Cursor
from bus.database import Database
from bus.errors import Fenced
from bus.identity import uuid7
from bus.lease import CursorRow, Lease
from bus.relay import Relay
from bus.uow import UnitsOfWork
from relay_builders import QUICK, Log, cursor, running
from store_builders import claimed, say

pytestmark = pytest.mark.integration


async def publish(work: UnitsOfWork, aggregate: UUID, sequences: Sequence[int]) -> None:
    async with work.begin() as uow:
        for sequence in sequences:
            say(uow, claimed(), aggregate, sequence)


async def test_a_relay_that_is_asked_to_stop_saves_and_leaves_the_lease_free(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    one, log = uuid7(), Log()
    slow = replace(QUICK, lease=60.0, save=60.0)
    async with running(store, log, wake, pace=slow) as relay:
        await publish(work, one, [1, 2, 3])
        await relay.caught_up()
    left = await cursor(store)
    async with running(store, log, wake, "two", pace=slow) as relay:
        await relay.caught_up()

    assert (left["free"], left["gaps"], left["owner"]) == (True, [], "one")
    assert log.sequences(one) == [1, 2, 3]
    assert (await cursor(store))["epoch"] == left["epoch"] + 1


async def test_a_standby_takes_over_when_the_lease_of_a_dead_relay_has_run_out(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    one, dead, log = uuid7(), Log(), Log()
    dead.held = asyncio.Event()
    first = asyncio.create_task(Relay(store, dead, owner="dead", wake=wake, pace=QUICK).run(asyncio.Event()))
    await publish(work, one, [1, 2])
    await dead.reached.wait()
    async with running(store, log, asyncio.Event(), "heir") as heir:
        first.cancel()
        await asyncio.wait([first])
        await heir.caught_up()

    assert log.sequences(one) == [1, 2]


async def test_a_stale_owner_s_save_touches_no_row(store: Database) -> None:
    row = CursorRow(store, "outbox", "stale", timedelta(milliseconds=1))
    await row.make()
    stale = await taken(row)
    heir = await taken(CursorRow(store, "outbox", "heir", timedelta(minutes=1)))
    before = await cursor(store)

    with pytest.raises(Fenced):
        await row.save(stale.epoch, Cursor(high=99))
    await row.release(stale.epoch, Cursor(high=99))

    assert heir.epoch == stale.epoch + 1
    assert await cursor(store) == before


async def taken(row: CursorRow) -> Lease:
    """The lease, as soon as it is free."""
    while (lease := await row.take()) is None:
        pass
    return lease


async def test_a_relay_that_was_frozen_past_its_lease_repeats_at_most_what_it_held_and_is_fenced(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    one, log, frozen = uuid7(), Log(), Log()
    frozen.messages = log.messages
    frozen.held = asyncio.Event()
    async with running(store, frozen, wake, "frozen"):
        await publish(work, one, [1, 2])
        await frozen.reached.wait()
        async with running(store, log, asyncio.Event(), "heir") as heir:
            await heir.caught_up()
            await publish(work, one, [3, 4])
            await heir.caught_up()
            taken = await cursor(store)
            frozen.held.set()
            while len(log.messages) < 6:
                await heir.caught_up()
            await publish(work, one, [5])
            await heir.caught_up()

            assert (await cursor(store))["epoch"] == taken["epoch"]
            assert (await cursor(store))["owner"] == "heir"

    assert log.sequences(one) == [1, 2, 3, 4, 1, 2, 5]


async def test_a_standby_is_not_woken_by_the_writers_of_its_process(
    work: UnitsOfWork, store: Database, wake: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing clears the wake of a standby: one that listened to it would ask the database without a pause."""
    taken = asyncio.Queue[None]()
    take = CursorRow.take

    async def counted(row: CursorRow) -> Lease | None:
        try:
            return await take(row)
        finally:
            taken.put_nowait(None)

    async with running(store, Log(), asyncio.Event()) as leader:
        await leader.caught_up()
        monkeypatch.setattr(CursorRow, "take", counted)
        async with running(store, Log(), wake, "standby", pace=replace(QUICK, poll=60.0)):
            await taken.get()
            await publish(work, uuid7(), [1])
            for _ in range(10):
                await leader.caught_up()

            assert wake.is_set()
            assert taken.empty()
