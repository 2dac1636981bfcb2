"""Every way in which a log can be another than the offsets say, on both real parts: told, and never read on."""

from dataclasses import replace

import pytest

from brokers import KafkaBench
from bus.broker import Partition
from bus.consumer import Consumer
from bus.identity import uuid7
from bus.opening import FORGOTTEN
from consuming import QUICK, Stage, consumed, said

pytestmark = pytest.mark.integration

OWN = replace(QUICK, compare=0.2)


async def applied(scene: Stage, count: int = 10) -> None:
    """A group that has read so many events of a topic of one partition, and stopped."""
    await scene.say(*(said(uuid7(), 1) for _ in range(count)))
    first = scene.consumer("first")
    async with scene.running(first):
        await scene.until(lambda: consumed(first) == count)


async def change(scene: Stage, statement: str) -> None:
    async with scene.database.autocommit() as raw:
        await raw.execute(statement)


def gaps(consumer: Consumer) -> list[str]:
    return [reason for state, reason in consumer.health().values() if state.value == "log_gap"]


async def told(scene: Stage) -> str:
    """The reason that a member gives that comes now; it reads nothing."""
    consumer = scene.consumer("second")
    async with scene.running(consumer):
        await scene.until(lambda: bool(gaps(consumer)))
        reasons = set(gaps(consumer))
    assert consumed(consumer) == 0
    (reason,) = reasons
    return reason


@pytest.fixture
async def one(scene: Stage, bench: KafkaBench) -> Stage:
    """A stage whose topic has one partition."""
    await bench.drop(scene.topic)
    await bench.topic("phoihop.case.v1", 1)
    return scene


async def test_lost_offsets_are_a_gap_and_no_new_beginning(one: Stage) -> None:
    await applied(one)
    await change(one, "delete from consumer_offset")

    assert await told(one) == FORGOTTEN
    assert await one.rows("select * from consumer_offset") == []


async def test_an_offset_row_lost_in_one_partition_leaves_the_others_open(scene: Stage) -> None:
    await scene.say(*(said(uuid7(), 1) for _ in range(60)))
    first = scene.consumer("first")
    async with scene.running(first):
        await scene.until(lambda: consumed(first) == 60)
    await change(scene, "delete from consumer_offset where part = 1")
    second = scene.consumer("second")

    async with scene.running(second):
        await scene.until(lambda: second.health() == {Partition(scene.topic, 1): ("log_gap", FORGOTTEN)})


async def test_a_group_that_was_never_here_starts_at_the_beginning(one: Stage) -> None:
    await applied(one)
    other = one.consumer("other", group=f"{one.prefix}cases.other")

    async with one.running(other):
        await one.until(lambda: consumed(other) == 10)


async def test_a_truncated_log_is_told_with_what_it_still_holds(one: Stage, bench: KafkaBench) -> None:
    await applied(one, 4)
    await one.say(*(said(uuid7(), 1) for _ in range(6)))
    await bench.expire(Partition(one.topic, 0), 7)

    assert await told(one) == "offset 4 comes next, but the log holds 7 up to 10"


async def test_a_log_that_lost_its_end_is_told(one: Stage) -> None:
    await applied(one)
    await change(one, "update consumer_offset set next_offset = next_offset + 5")

    assert await told(one) == "offset 15 comes next, but the log holds 0 up to 10"


async def test_a_topic_made_anew_is_told_by_both_ids(one: Stage, bench: KafkaBench) -> None:
    await applied(one)
    await bench.drop(one.topic)
    await bench.topic("phoihop.case.v1", 1)

    reason = await told(one)

    assert reason.startswith("the offset counts in topic id ")
    assert f", {one.topic} is now " in reason


async def test_a_topic_made_anew_under_a_running_reader_is_noticed_though_fetches_go_well(
    one: Stage, bench: KafkaBench
) -> None:
    consumer = one.consumer(pace=OWN)
    await one.say(*(said(uuid7(), 1) for _ in range(5)))
    async with one.running(consumer):
        await one.until(lambda: consumed(consumer) == 5)
        await bench.drop(one.topic)
        await bench.topic("phoihop.case.v1", 1)
        # As many as to make the old offset one of the new log: no fetch is ever out of range.
        await one.say(*(said(uuid7(), 1) for _ in range(20)))

        await one.until(lambda: any("topic id" in reason for reason in gaps(consumer)))


async def test_another_cluster_is_told_by_both_ids(one: Stage) -> None:
    await applied(one)
    await change(one, "update consumer_offset set cluster_id = 'the-old-one'")

    assert (await told(one)).startswith("the offset counts in cluster the-old-one, this is ")
