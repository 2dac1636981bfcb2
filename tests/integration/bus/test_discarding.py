"""Giving a parked event up: what follows it is no hole, and what was given up is told."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from bus.discarding import Discard, Discarded
from bus.errors import NotParked, NumberUnknown, OutOfOrder
from bus.memory import MemoryBroker
from bus.message import Message
from bus.parked import ParkedAt
from bus.wire import encode
from consuming import ADMIN, Stage
from parked_builders import Trouble, consume, is_lawful, story
from schemas.envelope import Event

pytestmark = pytest.mark.integration

WHY = "thử nghiệm: sự kiện hỏng"


async def discard(stage: Stage, at: ParkedAt, **changes: Any) -> Discarded:
    """Give up the event at this place."""
    given = {"listening": stage.listening()} | changes
    return await Discard(stage.units).event(at, ADMIN, WHY, **given)


def without(one: Event[Any], topic: str, *names: str) -> Message:
    """The event without these headers."""
    message = encode(one, topic)
    return replace(message, headers=tuple(pair for pair in message.headers if pair[0] not in names))


async def test_what_follows_a_discarded_event_is_no_hole(stage: Stage) -> None:
    events = story(4)
    stage.trouble = Trouble(events[1])
    await stage.say(*events[:3])
    await consume(stage, 3)
    held = await stage.held()

    gone = await discard(stage, held[0].at)
    done = await stage.redrive().key(held[1].at, ADMIN)
    await stage.say(events[3])
    await consume(stage, 1)

    assert (gone, done.applied, done.left) == (Discarded(2, 2, 1, held[1].at), 1, 0)
    assert await stage.applied() == {events[0].envelope.subject: [1, 3, 4]}
    assert await is_lawful(stage)


async def test_the_key_is_free_when_the_discarded_event_was_the_last_of_it(stage: Stage) -> None:
    events = story(2)
    stage.trouble = Trouble(events[0])
    await stage.say(events[0])
    await consume(stage, 1)

    await discard(stage, (await stage.held())[0].at)
    await stage.say(events[1])
    await consume(stage, 1)

    assert await stage.rows("select * from parked_key") == []
    assert await stage.applied() == {events[0].envelope.subject: [2]}


async def test_discarding_after_a_hole_says_that_the_missing_one_is_given_up_too(stage: Stage) -> None:
    events = story(5)
    await stage.say(events[0], *events[3:])
    await consume(stage, 3)
    held = await stage.held()

    gone = await discard(stage, held[0].at)
    done = await stage.redrive().key(held[1].at, ADMIN)
    await stage.say(events[1])
    await consume(stage, 1)

    assert (gone.first, gone.last, done.applied) == (2, 4, 1)
    assert await stage.applied() == {events[0].envelope.subject: [1, 5]}
    assert await stage.held() == []


async def test_an_event_behind_another_may_not_be_given_up_before_it(stage: Stage) -> None:
    events = story(3)
    stage.trouble = Trouble(events[0])
    await stage.say(*events)
    await consume(stage, 3)
    held = await stage.held()

    with pytest.raises(OutOfOrder):
        await discard(stage, held[2].at)
    with pytest.raises(NotParked):
        await discard(stage, ParkedAt(*held[2].at[:3], 99))

    assert (await stage.held(), await stage.acts()) == (held, [])


async def test_the_number_is_taken_from_the_header_where_the_rest_of_the_envelope_is_broken(stage: Stage) -> None:
    events = story(3)
    await stage.send(encode(events[0], stage.topic), without(events[1], stage.topic, "ce_time"))
    await stage.say(events[2])
    await consume(stage, 3)
    held = await stage.held()

    gone = await discard(stage, held[0].at)
    await stage.redrive().key(held[1].at, ADMIN)

    assert (held[0].sequence, gone.first, gone.last) == (None, 2, 2)
    assert await stage.applied() == {events[0].envelope.subject: [1, 3]}


async def test_a_number_that_cannot_be_read_may_be_said_and_is_never_guessed(stage: Stage) -> None:
    events = story(3)
    await stage.send(encode(events[0], stage.topic), without(events[1], stage.topic, "ce_sequence"))
    await stage.say(events[2])
    await consume(stage, 3)
    held = await stage.held()
    with pytest.raises(NumberUnknown):
        await discard(stage, held[0].at, listening=None, sequence=2)

    gone = await discard(stage, held[0].at, sequence=2)
    done = await stage.redrive().key(held[1].at, ADMIN)

    assert (gone.first, gone.last, done.applied) == (2, 2, 1)


async def test_without_a_number_nothing_is_passed_over_and_the_next_is_a_hole(stage: Stage) -> None:
    events = story(3)
    await stage.send(encode(events[0], stage.topic), without(events[1], stage.topic, "ce_sequence"))
    await stage.say(events[2])
    await consume(stage, 3)
    held = await stage.held()

    gone = await discard(stage, held[0].at)
    done = await stage.redrive().key(held[1].at, ADMIN)

    assert (gone, done.failed[0].reason) == (Discarded(None, None, 1, held[1].at), "sequence-hole")
    with pytest.raises(NumberUnknown):
        await discard(stage, held[1].at, sequence=3)


async def test_a_record_without_order_is_given_up_alone(stage: Stage, memory: MemoryBroker) -> None:
    memory.create_topic("from.customs-hq", 1)

    async def refuse(_records: Any, _unit: Any) -> None:
        raise ValueError

    changes = {"topics": (), "raw": ("from.customs-hq",), "raw_handler": refuse}
    key = str(UUID(int=7)).encode()
    await stage.send(*(Message("from.customs-hq", key, value, ()) for value in (b"a", b"b")))
    await consume(stage, 2, **changes)
    held = await stage.held()

    gone = await discard(stage, held[1].at, listening=stage.listening(**changes))

    assert (gone, [one.at for one in await stage.held()]) == (Discarded(None, None, 0), [held[0].at])
    assert await stage.rows("select * from seen") == []
    assert await is_lawful(stage)


async def test_who_gave_it_up_and_why_is_kept(stage: Stage) -> None:
    (one,) = story(1)
    stage.trouble = Trouble(one)
    await stage.say(one)
    await consume(stage, 1)
    at = (await stage.held())[0].at

    await discard(stage, at)

    (act,) = await stage.acts()
    assert (act.who, act.noted.at, act.noted.act, act.noted.fate) == (ADMIN, at, "discard", "discarded")
    assert (act.noted.reason, act.noted.error) == (WHY, None)
