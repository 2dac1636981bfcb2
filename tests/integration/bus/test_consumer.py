"""What a consumer does with each record, on the real PostgreSQL."""

import random
from typing import Any
from uuid import UUID

import pytest

from bus.identity import uuid7
from bus.memory import MemoryBroker
from bus.message import Message
from bus.wire import encode
from consuming import Stage, consumed, said, totals
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed

pytestmark = pytest.mark.integration


def story(length: int, count: int = 1) -> list[Event[Any]]:
    """`count` aggregates with `length` facts each, in order."""
    aggregates = [uuid7() for _ in range(count)]
    return [said(aggregate, n) for n in range(1, length + 1) for aggregate in aggregates]


def subject(one: Event[Any]) -> str:
    return one.envelope.subject or ""


def broken(one: Event[Any], topic: str, name: str, value: bytes | None) -> Message:
    """The event with one header changed, or left out."""
    message = encode(one, topic)
    kept = [(key, text) for key, text in message.headers if key != name]
    return Message(topic, message.key, message.value, (*kept, *([(name, value)] if value is not None else [])))


async def test_every_event_is_applied_once_and_in_order(stage: Stage) -> None:
    events = story(20, count=5)
    await stage.say(*events)
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 100)

    assert await stage.applied() == {subject(one): list(range(1, 21)) for one in events}
    assert totals(consumer) == {"consumed": 100, "applied": 100, "skipped": 0, "parked": 0}
    assert not consumer.health()


async def test_an_event_that_is_sent_again_is_skipped(stage: Stage) -> None:
    events = story(10, count=3)
    again = [*events, *events[5:20], *events]
    await stage.say(*again)
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == len(again))

    assert await stage.applied() == {subject(one): list(range(1, 11)) for one in events}
    assert totals(consumer)["skipped"] == len(again) - len(events)


async def test_a_new_member_goes_on_where_the_last_one_stood(stage: Stage) -> None:
    events = story(10, count=3)
    await stage.say(*events[:15])
    first, second = stage.consumer("first"), stage.consumer("second")
    async with stage.running(first):
        await stage.until(lambda: consumed(first) == 15)
    await stage.say(*events[15:])

    async with stage.running(second):
        await stage.until(lambda: consumed(second) == 15)

    assert await stage.applied() == {subject(one): list(range(1, 11)) for one in events}
    assert set(await stage.rows("select owner, epoch from consumer_offset")) == {("second", 2)}


async def test_a_hole_parks_its_key_from_there_on_and_holds_up_no_other(stage: Stage) -> None:
    holed, sound = story(6), story(6)
    await stage.say(*holed[:2], *sound[:3], *holed[3:], *sound[3:])
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 11)
        await stage.say(holed[2])
        await stage.until(lambda: consumed(consumer) == 12)

    assert await stage.applied() == {subject(holed[0]): [1, 2], subject(sound[0]): [1, 2, 3, 4, 5, 6]}
    key = subject(holed[0])
    assert await stage.parked() == [("sequence-hole", key), ("behind", key), ("behind", key), ("behind", key)]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ce_time", b"yesterday", "undecodable"),
        ("ce_dataclassification", b"cosmic", "undecodable"),
        ("ce_sequence", None, "undecodable"),
        ("ce_subject", b"not-an-id", "undecodable"),
        ("ce_source", b"\xff\xfe", "undecodable"),
        ("audience", b"[1]", "undecodable"),
        ("content-type", b"text/xml", "undecodable"),
        ("ce_type", b"vn.phoihop.case.claimed.v2", "unknown-major"),
    ],
)
async def test_what_cannot_be_read_is_parked_with_its_key(
    stage: Stage, name: str, value: bytes | None, reason: str
) -> None:
    one, other = story(3), story(3)
    await stage.send(
        encode(one[0], stage.topic),
        broken(one[1], stage.topic, name, value),
        encode(one[2], stage.topic),
        *(encode(each, stage.topic) for each in other),
    )
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 6)

    assert await stage.applied() == {subject(one[0]): [1], subject(other[0]): [1, 2, 3]}
    assert await stage.parked() == [(reason, subject(one[0])), ("behind", subject(one[0]))]


async def test_a_parked_record_is_kept_byte_for_byte(stage: Stage) -> None:
    (one,) = story(1)
    message = broken(one, stage.topic, "ce_time", b"\xff")
    await stage.send(Message(stage.topic, message.key, b"\x00not json", (*message.headers, ("again", b""))))
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 1)

    ((key, value, names, values, error),) = await stage.rows(
        "select msg_key, value, header_names, header_values, error from parked_event"
    )
    assert (key, value) == (message.key, b"\x00not json")
    assert list(zip(names, values, strict=True)) == [(n.encode(), v) for n, v in (*message.headers, ("again", b""))]
    assert error == "header ce_time is not UTF-8 text"


async def test_a_type_that_nobody_subscribed_to_is_skipped_and_leaves_no_hole(stage: Stage) -> None:
    aggregate = uuid7()
    foreign = said(aggregate, 1, CaseProposed)
    unheard = broken(said(aggregate, 2), stage.topic, "ce_type", b"vn.phoihop.case.reopened.v1")
    await stage.send(encode(foreign, stage.topic), unheard, encode(said(aggregate, 3, CaseClosed), stage.topic))
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 3)

    assert await stage.applied() == {str(aggregate): [3]}
    assert totals(consumer)["skipped"] == 2


async def test_an_event_that_its_handler_cannot_apply_is_parked_alone_and_leaves_no_trace(stage: Stage) -> None:
    events = story(4, count=4)
    bad = events[5]

    def trouble(one: Event[Any]) -> None:
        if one == bad:
            raise KeyError("0999 000 111")

    stage.trouble = trouble
    await stage.say(*events)
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 16)

    expected = {subject(one): [1, 2, 3, 4] for one in events} | {subject(bad): [1]}
    assert await stage.applied() == expected
    assert await stage.parked() == [("handler", subject(bad)), ("behind", subject(bad)), ("behind", subject(bad))]
    ((error,),) = await stage.rows("select error from parked_event where reason = 'handler'")
    assert error.startswith("KeyError at ")
    assert "0999" not in error


async def test_a_parked_key_holds_back_what_comes_after_a_restart(stage: Stage) -> None:
    events = story(3)
    await stage.send(broken(events[0], stage.topic, "ce_time", b"never"))
    first, second = stage.consumer(), stage.consumer()
    async with stage.running(first):
        await stage.until(lambda: consumed(first) == 1)
    await stage.say(*events)

    async with stage.running(second):
        await stage.until(lambda: consumed(second) == 3)

    assert await stage.applied() == {}
    assert [reason for reason, _ in await stage.parked()] == ["undecodable", "behind", "behind", "behind"]


@pytest.mark.parametrize("failure", [ConnectionResetError, TimeoutError])
async def test_a_passing_failure_holds_up_its_partition_alone_and_is_tried_until_it_passes(
    stage: Stage, failure: type[Exception]
) -> None:
    events = story(3, count=12)
    slow = events[0]
    failing = True

    def trouble(one: Event[Any]) -> None:
        if failing and subject(one) == subject(slow):
            raise failure

    stage.trouble = trouble
    await stage.say(*events)
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) > 0 and len(stage.calls) > 6)
        assert [state.value for state, _ in consumer.health().values()] == ["waiting"]
        assert subject(slow) not in await stage.applied()
        failing = False
        await stage.until(lambda: consumed(consumer) == 36)

    assert await stage.applied() == {subject(one): [1, 2, 3] for one in events}
    assert totals(consumer)["parked"] == 0
    assert not consumer.health()


async def test_neighbours_go_to_their_handler_in_one_call(stage: Stage) -> None:
    events = story(40)
    await stage.say(*events)
    consumer = stage.consumer()

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 40)

    assert [one.envelope.sequence for one in stage.calls[0]] == list(range(1, 41))


async def test_two_members_share_the_work_and_nothing_is_applied_twice_or_lost(stage: Stage) -> None:
    chance = random.Random(20261124)
    events = story(30, count=12)
    one, two = stage.consumer("one"), stage.consumer("two")
    async with stage.running(one):
        for start in range(0, 120, 20):
            await stage.say(*events[start : start + 20])
        await stage.until(lambda: consumed(one) >= 20)
        async with stage.running(two):
            for start in range(120, 360, 20):
                await stage.say(*events[start : start + chance.randrange(20, 21)])
            await stage.until(lambda: consumed(two) >= 20)
        await stage.until(lambda: consumed(one, two) >= 360)

    assert await stage.applied() == {subject(each): list(range(1, 31)) for each in events}


async def test_a_replay_calls_only_what_projects(stage: Stage) -> None:
    events = [said(UUID(int=7), 1), said(UUID(int=7), 2, CaseClosed)]
    listening = stage.listening()
    kept = {CaseClaimed: listening.subscriptions[CaseClaimed]}
    never = {CaseClosed: type(kept[CaseClaimed])(stage.handle, "never")}
    await stage.say(*events)
    consumer = stage.consumer(subscriptions=kept | never, replaying=True)

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 2)

    assert await stage.applied() == {str(UUID(int=7)): [1]}
    assert totals(consumer)["skipped"] == 1


async def test_a_failure_that_passes_amid_one_that_does_not_repeats_nothing(stage: Stage, memory: MemoryBroker) -> None:
    events = story(6)
    others = story(6)
    tries = 1

    def trouble(one: Event[Any]) -> None:
        nonlocal tries
        if one == events[1]:
            raise ValueError
        if one == others[3] and tries:
            tries -= 1
            raise TimeoutError

    stage.trouble = trouble
    memory.create_topic("one", 1)
    await stage.send(*(encode(one, "one") for pair in zip(events, others, strict=True) for one in pair))
    consumer = stage.consumer(topics=("one",))

    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 12)

    assert await stage.applied() == {subject(events[0]): [1], subject(others[0]): [1, 2, 3, 4, 5, 6]}
    assert tries == 0
