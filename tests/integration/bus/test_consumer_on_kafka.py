"""The consumer on both real parts: Kafka 4 and PostgreSQL."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from brokers import KafkaBench
from bus.broker import Partition
from bus.identity import uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.ledger import tallies
from bus.partition import partition_of
from bus.wire import encode
from consuming import ADMIN, Stage, consumed, said, totals
from infra.stack.desired import DesiredState
from infra.stack.info import StackInfo
from infra.stack.secrets import SecretFiles
from parked_builders import Trouble, is_lawful
from schemas.envelope import Event
from schemas.topics import Topics

pytestmark = pytest.mark.integration


def story(length: int, count: int) -> list[Event[Any]]:
    aggregates = [uuid7() for _ in range(count)]
    return [said(aggregate, n) for n in range(1, length + 1) for aggregate in aggregates]


def whole(events: list[Event[Any]]) -> dict[str, list[int]]:
    """What is applied when all of it is, once and in order."""
    length = max(one.envelope.sequence or 0 for one in events)
    return {one.envelope.subject or "": list(range(1, length + 1)) for one in events}


async def test_every_event_is_applied_once_and_in_order_over_a_restart(scene: Stage) -> None:
    events = story(40, 10)
    await scene.say(*events[:200])
    first, second = scene.consumer("first"), scene.consumer("second")
    async with scene.running(first):
        await scene.until(lambda: consumed(first) == 200)
    await scene.say(*events[150:])

    async with scene.running(second):
        await scene.until(lambda: consumed(second) == 250)

    assert await scene.applied() == whole(events)
    assert totals(first, second) == {"consumed": 450, "applied": 400, "skipped": 50, "parked": 0}


async def test_members_that_come_and_go_apply_everything_once_and_in_order(scene: Stage) -> None:
    events = story(30, 12)
    one, two = scene.consumer("one"), scene.consumer("two")
    async with scene.running(one):
        await scene.say(*events[:120])
        await scene.until(lambda: consumed(one) == 120)
        async with scene.running(two):
            await scene.until(lambda: len(list(two._gate)) > 0)
            await scene.say(*events[120:240])
            await scene.until(lambda: consumed(one, two) >= 240)
        await scene.say(*events[240:])
        await scene.until(lambda: consumed(one, two) >= 360)

    assert await scene.applied() == whole(events)


async def test_a_topic_made_anew_under_its_name_is_a_gap_and_is_not_read(scene: Stage, bench: KafkaBench) -> None:
    await scene.say(*story(5, 3))
    first, second = scene.consumer(), scene.consumer()
    async with scene.running(first):
        await scene.until(lambda: consumed(first) == 15)
    await bench.drop(scene.topic)
    await bench.topic("phoihop.case.v1", 3)
    await scene.say(*story(5, 3))

    async with scene.running(second):
        await scene.until(lambda: len(second.health()) == 3)
        await scene.until(lambda: all(state.value == "log_gap" for state, _ in second.health().values()))
        assert all("topic id" in reason for _, reason in second.health().values())

    assert consumed(second) == 0
    assert len(await scene.rows("select * from effect")) == 15


async def test_a_log_whose_beginning_expired_is_a_gap_in_that_partition_alone(scene: Stage, bench: KafkaBench) -> None:
    # Twelve random keys leave one of three partitions empty once in 130 times: nothing could expire there.
    events = story(2, 12)
    while not any(partition_of(encode(one, scene.topic).key, 3) == 0 for one in events):
        events = story(2, 12)
    await scene.say(*events)
    await bench.expire(Partition(scene.topic, 0), 1)
    consumer = scene.consumer()

    async with scene.running(consumer):
        await scene.until(lambda: list(consumer.health()) == [Partition(scene.topic, 0)])
        ((state, reason),) = consumer.health().values()
        await scene.until(lambda: consumed(consumer) > 0)

    assert (state.value, reason.startswith("offset 0 comes next, but the log holds 1 up to ")) == ("log_gap", True)


async def test_poison_blocks_nobody(scene: Stage) -> None:
    events = story(10, 6)
    poisoned = [
        replace(encode(one, scene.topic), value=b"\xff") if number == 7 else encode(one, scene.topic)
        for number, one in enumerate(events)
    ]
    await scene.send(*poisoned)
    consumer = scene.consumer()

    async with scene.running(consumer):
        await scene.until(lambda: consumed(consumer) == 60)

    expected = whole(events) | {events[7].envelope.subject: [1]}
    assert await scene.applied() == expected
    assert [reason for reason, _ in await scene.parked()] == ["undecodable", *["behind"] * 8]


async def test_a_group_that_may_not_read_its_topic_waits_and_says_so(
    scene: Stage, stack: StackInfo, principals: DesiredState, topics: Topics
) -> None:
    await scene.say(*story(1, 3))
    user = f"{topics.prefix}customs-hq"
    password = SecretFiles(stack.secrets).read(f"kafka/{user}")
    scene.broker = KafkaBroker(KafkaSettings(stack.kafka.bootstrap, Path(stack.kafka.ca), user, password))
    consumer = scene.consumer()

    async with scene.running(consumer):
        await scene.until(lambda: consumer._failures > 1)

    assert consumed(consumer) == 0
    await scene.broker.close()


async def test_an_offset_that_holds_no_record_is_passed_over(scene: Stage, bench: KafkaBench, stack: StackInfo) -> None:
    topic = await bench.topic("from.customs-hq", 1)
    password = SecretFiles(stack.secrets).read("kafka/admin")
    options = KafkaSettings(stack.kafka.bootstrap, Path(stack.kafka.ca), "admin", password).asyncio_options()
    stranger = AIOKafkaProducer(**options, transactional_id=f"{bench.prefix}stranger")
    await stranger.start()
    first, second = (scene.consumer(topics=(), raw=(topic,), raw_handler=scene.handle_records) for _ in range(2))
    async with stranger.transaction():
        await stranger.send_and_wait(topic, b"0")
    async with scene.running(first):
        await scene.until(lambda: consumed(first) == 1)
    async with stranger.transaction():
        await stranger.send_and_wait(topic, b"2")
    await stranger.stop()

    async with scene.running(second):
        await scene.until(lambda: consumed(second) == 1)

    assert await scene.rows("select sequence, id from effect order by place") == [(0, "0"), (2, "2")]
    async with scene.database.autocommit() as raw:
        (tally,) = await tallies(raw)
    assert (tally.passed, tally.applied, tally.void, tally.broken()) == (3, 2, 1, None)


async def test_a_redrive_beside_the_consumer_keeps_the_order_of_every_key(scene: Stage) -> None:
    """Half of each story is parked behind its first event; the other half comes while the keys are redriven."""
    events = story(40, 8)
    scene.trouble = trouble = Trouble(*events[:8])
    await scene.say(*events[:160])
    consumer = scene.consumer()
    async with scene.running(consumer):
        await scene.until(lambda: consumed(consumer) == 160)
        trouble.bad.clear()
        saying = asyncio.create_task(scene.say(*events[160:]))
        swept = await scene.redrive().sweep(ADMIN, None, 1_000)
        await saying
        await scene.until(lambda: consumed(consumer) == 320)
        rest = await scene.redrive().sweep(ADMIN, None, 1_000)

    assert swept.redriven.applied >= 160
    assert (rest.redriven.left, rest.more) == (0, False)
    assert await scene.applied() == whole(events)
    assert (await scene.rows("select * from parked_key"), await is_lawful(scene)) == ([], True)
