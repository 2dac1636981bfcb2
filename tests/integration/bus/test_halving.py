"""A batch that fails is halved until what fails stands alone."""

import math
import random
from typing import Any

import pytest

from bus.consumer import Pace
from bus.identity import uuid7
from consuming import Stage, consumed, said, totals
from parked_builders import Trouble, is_lawful
from schemas.envelope import Event

pytestmark = pytest.mark.integration

LARGE = Pace(max_records=500, fetch=0.05)


def strangers(count: int) -> list[Event[Any]]:
    """The first facts of as many aggregates."""
    return [said(uuid7(), 1) for _ in range(count)]


@pytest.mark.parametrize("place", [0, 1, 87, 128, 199])
async def test_one_poison_costs_about_two_transactions_for_each_halving(stage: Stage, place: int) -> None:
    stage.topic_of_one()
    events = strangers(200)
    stage.trouble = Trouble(events[place])
    await stage.say(*events)
    consumer = stage.consumer(pace=LARGE)

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 200)

    assert len(await stage.applied()) == 199
    assert [reason for reason, _ in await stage.parked()] == ["handler"]
    assert len(stage.calls) <= 2 * math.ceil(math.log2(200)) + 1
    assert len(await stage.rows("select distinct xid from effect")) <= math.ceil(math.log2(200))
    assert await is_lawful(stage)


async def test_whatever_fails_is_parked_and_all_else_is_applied_in_order(stage: Stage) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - the seed belongs in the output of a run that failed
    chance = random.Random(seed)
    stage.topic_of_one()
    aggregates = [uuid7() for _ in range(12)]
    events = [said(aggregate, n) for n in range(1, 9) for aggregate in aggregates]
    bad = chance.sample(events, chance.randrange(12))
    stage.trouble = Trouble(*bad)
    await stage.say(*events)
    consumer = stage.consumer(pace=LARGE)

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == len(events))

    first = {one.envelope.subject: 9 for one in events}
    for one in bad:
        first[one.envelope.subject] = min(first[one.envelope.subject], one.envelope.sequence or 9)
    expected = {subject: list(range(1, stop)) for subject, stop in first.items() if stop > 1}
    assert await stage.applied() == expected
    assert totals(consumer)["parked"] == sum(9 - stop for stop in first.values())
    assert await is_lawful(stage)
