"""Redrives of everything, at every kind of topic, and beside those who work on the same key."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bus.errors import NobodyReads, NotParked
from bus.memory import MemoryBroker
from bus.message import Message
from bus.parked import ParkedAt
from bus.wire import encode
from consuming import ADMIN, Stage, consumed
from parked_builders import Trouble, blocked, consume, is_lawful, story
from schemas.events.case import CaseClaimed

pytestmark = pytest.mark.integration


async def test_a_sweep_tries_every_key_once_and_goes_on_past_those_that_fail(stage: Stage) -> None:
    stories = [story(3) for _ in range(8)]
    stage.trouble = trouble = Trouble(*(one[0] for one in stories))
    await stage.say(*(event for one in stories for event in one))
    await consume(stage, 24)
    trouble.bad = [stories[2][1].envelope.id, stories[5][0].envelope.id]

    first = await stage.redrive().sweep(ADMIN, None, 7)
    steps = [first]
    while steps[-1].more:
        steps.append(await stage.redrive().sweep(ADMIN, first.began, 7))

    assert len(steps) > 3
    assert all(one.redriven.tried <= 7 for one in steps)
    assert sum(one.redriven.applied for one in steps) == 24 - 2 - 3
    assert sum(len(one.redriven.failed) for one in steps) == 2
    assert steps[-1].redriven.left == len(await stage.held()) == 5
    assert await is_lawful(stage)


async def test_a_sweep_that_was_interrupted_goes_on_when_it_is_begun_again(stage: Stage) -> None:
    stories = [story(2) for _ in range(6)]
    stage.trouble = trouble = Trouble(*(one[0] for one in stories))
    await stage.say(*(event for one in stories for event in one))
    await consume(stage, 12)
    trouble.bad.clear()

    await stage.redrive().sweep(ADMIN, None, 5)
    rest = await stage.redrive().sweep(ADMIN, None, 100)

    assert (rest.redriven.applied, rest.redriven.left, rest.more) == (7, 0, False)
    assert await stage.applied() == {one[0].envelope.subject: [1, 2] for one in stories}


async def test_a_record_without_key_and_one_of_a_raw_topic_go_out_by_themselves(
    stage: Stage, memory: MemoryBroker
) -> None:
    memory.create_topic("from.customs-hq", 1)
    broken = {b"b"}

    async def take(records: Any, unit: Any) -> None:
        if broken & {one.value for one in records}:
            raise ValueError
        await stage.handle_records(records, unit)

    changes = {"topics": (), "raw": ("from.customs-hq",), "raw_handler": take}
    values = [(None, b"a"), (None, b"b"), (b"k", b"b"), (b"k", b"c")]
    await stage.send(*(Message("from.customs-hq", key, value, ()) for key, value in values))
    await consume(stage, 4, **changes)
    assert await stage.rows("select * from parked_key") == []
    held = await stage.held()
    broken.clear()

    one = await stage.redrive(**changes).event(held[1].at, ADMIN)
    rest = await stage.redrive(**changes).sweep(ADMIN, None, 10)

    assert (one.applied, one.left, rest.redriven.applied, rest.redriven.left) == (1, 0, 1, 0)
    assert await stage.rows("select sequence, id from effect order by place") == [
        (0, "a"),
        (3, "c"),
        (2, "b"),
        (1, "b"),
    ]
    assert await is_lawful(stage)


async def test_commands_of_an_inbound_topic_go_out_in_the_order_in_which_they_came(
    stage: Stage, memory: MemoryBroker
) -> None:
    memory.create_topic("inbound", 1)
    changes = {"topics": (), "inbound": ("inbound",)}
    events = story(4)
    stage.trouble = trouble = Trouble(events[0])
    messages = [encode(one, "inbound") for one in events]
    actor = ("actor", b'{"person":"system","unit":"customs-hq","roles":["system"]}')
    await stage.send(*(replace(one, headers=(*one.headers, actor)) for one in messages))
    await consume(stage, 4, **changes)
    trouble.bad.clear()

    done = await stage.redrive(**changes).key((await stage.held())[0].at, ADMIN)

    assert (done.applied, done.left) == (4, 0)
    assert await stage.rows("select sequence from effect order by place") == [(1,), (2,), (3,), (4,)]


async def test_what_is_not_parked_or_read_by_nobody_is_told_apart(stage: Stage) -> None:
    (one,) = story(1)
    stage.trouble = Trouble(one)
    await stage.say(one)
    await consume(stage, 1)
    at = (await stage.held())[0].at

    for act in (stage.redrive().event, stage.redrive().key):
        with pytest.raises(NotParked):
            await act(ParkedAt(*at[:3], 99), ADMIN)
    with pytest.raises(NobodyReads):
        await stage.redrive(topics=("another",)).key(at, ADMIN)
    with pytest.raises(NobodyReads):
        await stage.redrive(group="cases.other").event(at, ADMIN)
    assert (await stage.redrive(topics=("another",)).sweep(ADMIN, None, 9)).redriven.tried == 0


async def test_two_redrives_of_one_key_at_once_apply_everything_once(stage: Stage) -> None:
    events = story(60)
    stage.trouble = trouble = Trouble(events[0])
    await stage.say(*events)
    await consume(stage, 60)
    trouble.bad.clear()
    at = (await stage.held())[0].at

    done = await asyncio.gather(*(stage.redrive().key(at, ADMIN) for _ in range(3)), return_exceptions=True)

    assert not [one for one in done if isinstance(one, BaseException) and not isinstance(one, NotParked)]
    assert await stage.applied() == {events[0].envelope.subject: list(range(1, 61))}
    assert (await stage.held(), await is_lawful(stage)) == ([], True)


async def test_a_consumer_that_reads_the_key_meanwhile_keeps_its_order(stage: Stage) -> None:
    """The redrive is stopped between two events while the consumer comes to the same key: it waits, and goes on."""
    events = story(4)
    stage.trouble = trouble = Trouble(events[0])
    await stage.say(*events[:2])
    await consume(stage, 2)
    trouble.bad.clear()
    at = (await stage.held())[0].at
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(found: Any, unit: Any) -> None:
        await stage.handle(found, unit)
        if not go_on.is_set():
            inside.set()
            await go_on.wait()

    handlers = {CaseClaimed: type(stage.listening().subscriptions[CaseClaimed])(slowly, "project")}
    redriving = asyncio.create_task(stage.redrive(subscriptions=handlers).key(at, ADMIN))
    await inside.wait()
    consumer = stage.consumer()
    async with stage.running(consumer):
        await stage.say(*events[2:])
        await blocked(stage)
        assert consumed(consumer) == 0
        go_on.set()
        await redriving
        await stage.until(lambda: consumed(consumer) == 2)

    assert await stage.applied() == {events[0].envelope.subject: [1, 2, 3, 4]}
    assert (await stage.held(), await is_lawful(stage)) == ([], True)
