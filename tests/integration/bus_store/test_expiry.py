"""Answers to commands are forgotten once they were kept for ninety days, a bounded batch at a time."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest

from builders import NOW
from bus.commands import KEPT, forget_commands
from bus.database import Database, Raw
from bus.expiry import Expiry
from bus_builders import Hands

pytestmark = pytest.mark.integration

_KNOWN = """
insert into command (source, id, type, actor_unit, actor, body_hash, received_at, keep_until)
select '/units/qltt-79/http', n::text, 't', 'qltt-79', '{}', '', $2::timestamptz, $2::timestamptz + $3::interval
from generate_series(1, $1::int) as n
"""


async def known(store: Database, count: int, received: datetime) -> None:
    async with store.autocommit() as raw:
        await raw.execute(_KNOWN, count, received, KEPT)


async def left(store: Database) -> int:
    async with store.autocommit() as raw:
        found: int = await raw.fetchval("select count(*) from command")
        return found


async def test_what_was_kept_long_enough_is_forgotten_in_bounded_batches(store: Database, hands: Hands) -> None:
    await known(store, 25, NOW)
    batches: list[int] = []

    async def counted(raw: Raw, now: datetime, limit: int) -> int:
        batches.append(await forget_commands(raw, now, limit))
        return batches[-1]

    hands.now = NOW + KEPT
    assert await Expiry(store, hands, counted, at_once=10).forget(asyncio.Event()) == 25
    assert batches == [10, 10, 5]
    assert await left(store) == 0


async def test_a_day_before_its_time_an_answer_is_still_known(store: Database, hands: Hands) -> None:
    await known(store, 3, NOW)
    hands.now = NOW + KEPT - timedelta(days=1)

    assert await Expiry(store, hands, forget_commands).forget(asyncio.Event()) == 0
    assert await left(store) == 3


async def test_an_outage_leaves_it_to_the_next_time_and_a_fault_of_ours_does_not_hide(
    store: Database, hands: Hands
) -> None:
    stop, tried = asyncio.Event(), 0

    async def away(_raw: Raw, _now: datetime, _limit: int) -> int:
        nonlocal tried
        tried += 1
        if tried == 2:
            stop.set()
        raise asyncpg.ConnectionDoesNotExistError

    async def wrong(_raw: Raw, _now: datetime, _limit: int) -> int:
        raise LookupError

    async with asyncio.timeout(10):
        await Expiry(store, hands, away, seconds=0.01).run(stop)
    assert tried == 2
    with pytest.raises(LookupError):
        await Expiry(store, hands, wrong).run(asyncio.Event())
