"""A group parks so much and no more: then it stops reading, says so, and goes on once there is room."""

from typing import Any

import pytest

from bus.broker import Partition
from bus.consumer import Consumer
from bus.identity import uuid7
from bus.ledger import Ledger
from bus.limits import Limits
from bus.partition import partition_of
from consuming import ADMIN, Stage, consumed, said, totals
from parked_builders import Trouble, is_lawful, story

pytestmark = pytest.mark.integration


def reasons(consumer: Consumer) -> list[tuple[str, str]]:
    """State and reason of what is not read."""
    return [(state.value, reason) for state, reason in consumer.health().values()]


async def test_a_handler_that_fails_on_everything_meets_the_limit_of_keys(stage: Stage) -> None:
    stage.topic_of_one()
    events = [said(uuid7(), 1) for _ in range(40)]
    stage.trouble = trouble = Trouble(*events)
    await stage.say(*events)
    consumer = stage.consumer(limits=Limits(events=100, keys=5))

    async with stage.running(consumer):
        await stage.until(lambda: reasons(consumer) == [("full", "5 of at most 5 keys are parked")])
        assert totals(consumer) == {"consumed": 5, "applied": 0, "skipped": 0, "parked": 5}
        trouble.bad.clear()
        await stage.redrive().sweep(ADMIN, None, 100)
        await stage.until(lambda: consumed(consumer) == 40)

    assert await stage.applied() == {one.envelope.subject: [1] for one in events}
    assert (consumer.health(), await is_lawful(stage)) == ({}, True)


async def test_what_waits_behind_counts_and_all_before_it_is_applied(stage: Stage) -> None:
    stage.topic_of_one()
    poisoned, sound = story(10), story(30)
    stage.trouble = trouble = Trouble(poisoned[0])
    mixed = [*sound[:3], *poisoned[:4], *sound[3:20], *poisoned[4:], *sound[20:]]
    await stage.say(*mixed)
    consumer = stage.consumer(limits=Limits(events=5))

    async with stage.running(consumer):
        await stage.until(lambda: reasons(consumer) == [("full", "5 of at most 5 events are parked")])
        assert totals(consumer) == {"consumed": 25, "applied": 20, "skipped": 0, "parked": 5}
        trouble.bad.clear()
        await stage.redrive().key((await stage.held())[0].at, ADMIN)
        await stage.until(lambda: consumed(consumer) == 40)

    assert await stage.applied() == {
        sound[0].envelope.subject: list(range(1, 31)),
        poisoned[0].envelope.subject: list(range(1, 11)),
    }
    assert await is_lawful(stage)


async def test_a_full_partition_stops_no_other_that_needs_no_room(stage: Stage) -> None:
    by_part = {partition_of(str(one).encode(), 3): one for one in (uuid7() for _ in range(64))}
    bad, good = [said(by_part[0], n) for n in range(1, 4)], [said(by_part[1], n) for n in range(1, 4)]
    stage.trouble = Trouble(bad[0])
    await stage.say(*bad)
    consumer = stage.consumer(limits=Limits(events=2))

    async with stage.running(consumer):
        await stage.until(lambda: [state for state, _ in reasons(consumer)] == ["full"])
        await stage.say(*good)
        await stage.until(lambda: consumed(consumer) == 5)
        assert list(consumer.health()) == [Partition(stage.topic, 0)]

    assert await stage.applied() == {good[0].envelope.subject: [1, 2, 3]}


async def test_near_the_limit_the_ledger_warns(stage: Stage) -> None:
    events = story(8)
    stage.trouble = Trouble(events[0])
    await stage.say(*events)
    limits = Limits(events=10)
    ledger = Ledger(stage.database, limits)
    await ledger.look()
    assert ledger.warnings() == []
    consumer = stage.consumer(limits=limits)

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 8)
    await ledger.look()

    assert ledger.warnings() == [
        f"{stage.group} {stage.topic}: 8 of at most 10 events, 1 of at most 1000 keys are parked"
    ]
    assert ledger.violations() == []


@pytest.mark.parametrize("changes", [{"events": 0}, {"keys": 0}])
def test_a_limit_of_nothing_is_no_limit(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="one event of one key"):
        Limits(**changes)
