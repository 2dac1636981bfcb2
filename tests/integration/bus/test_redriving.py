"""Carrying parked events out after all, on the real PostgreSQL: one, and a key in its order."""

from typing import Any

import pytest

from bus.errors import Hides, OutOfOrder
from bus.redriving import Redrive
from consuming import ADMIN, Stage
from parked_builders import Trouble, consume, is_lawful, story
from schemas.envelope import Event

pytestmark = pytest.mark.integration


async def test_a_key_goes_out_in_order_and_is_free_when_nothing_of_it_is_left(stage: Stage) -> None:
    events = story(5)
    stage.trouble = trouble = Trouble(events[1])
    await stage.say(*events[:4])
    await consume(stage, 4)
    trouble.bad.clear()
    at = (await stage.held())[0].at

    done = await stage.redrive().key(at, ADMIN)
    await stage.say(events[4])
    await consume(stage, 1)

    assert (done.applied, done.skipped, done.failed, done.left) == (3, 0, [], 0)
    assert await stage.applied() == {events[0].envelope.subject: [1, 2, 3, 4, 5]}
    assert await stage.rows("select * from parked_key") == []
    assert await is_lawful(stage)


async def test_one_event_goes_out_alone_and_the_rest_of_its_key_waits(stage: Stage) -> None:
    events = story(4)
    stage.trouble = trouble = Trouble(events[1])
    await stage.say(*events[:3])
    await consume(stage, 3)
    trouble.bad.clear()
    at = (await stage.held())[0].at

    done = await stage.redrive().event(at, ADMIN)
    await stage.say(events[3])
    await consume(stage, 1)

    assert (done.applied, done.left) == (1, 1)
    assert await stage.applied() == {events[0].envelope.subject: [1, 2]}
    assert [one.reason for one in await stage.held()] == ["behind", "behind"]
    assert await is_lawful(stage)


async def test_an_event_behind_another_is_not_carried_out_before_it(stage: Stage) -> None:
    events = story(3)
    stage.trouble = Trouble(events[0])
    await stage.say(*events)
    await consume(stage, 3)
    stage.trouble = lambda _event: None

    with pytest.raises(OutOfOrder):
        await stage.redrive().event((await stage.held())[1].at, ADMIN)

    assert await stage.applied() == {}
    assert len(await stage.held()) == 3


async def test_what_may_be_taken_back_goes_out_with_what_stands_behind_it(stage: Stage) -> None:
    events = story(2)
    stage.trouble = trouble = Trouble(events[0])
    await stage.say(*events)
    await consume(stage, 2)
    trouble.bad.clear()
    at = (await stage.held())[0].at
    redrive = Redrive(stage.units, lambda: [stage.listening()], lasting=lambda _topic: False)

    with pytest.raises(Hides):
        await redrive.event(at, ADMIN)
    begun = len(stage.calls)
    await redrive.key(at, ADMIN)

    assert len(stage.calls) == begun + 2
    assert len(await stage.rows("select distinct xid from effect")) == 1


async def test_a_redrive_that_fails_again_says_why_counts_and_leaves_the_rest_behind(stage: Stage) -> None:
    events = story(4)
    stage.trouble = trouble = Trouble(events[1])
    await stage.say(*events)
    await consume(stage, 4)
    trouble.bad = [events[2].envelope.id]
    at = (await stage.held())[0].at

    done = await stage.redrive().key(at, ADMIN)
    again = await stage.redrive().key(done.failed[0].at, ADMIN)

    assert (done.applied, len(done.failed), done.left) == (1, 1, 2)
    assert (again.applied, again.failed[0].attempts, again.left) == (0, 2, 2)
    first, second = await stage.held()
    assert (first.reason, first.error.startswith("KeyError at "), first.attempts) == ("handler", True, 2)
    assert first.tried_at is not None
    assert first.tried_at > first.parked_at
    assert (second.reason, second.attempts, second.tried_at) == ("behind", 0, None)
    assert await stage.applied() == {events[0].envelope.subject: [1, 2]}
    assert await is_lawful(stage)


async def test_nothing_of_an_attempt_that_failed_is_kept(stage: Stage) -> None:
    (one,) = story(1)
    stage.trouble = Trouble(one)
    await stage.say(one)
    await consume(stage, 1)

    await stage.redrive().event((await stage.held())[0].at, ADMIN)

    assert (await stage.rows("select * from effect"), await stage.rows("select * from seen")) == ([], [])


async def test_a_failure_that_passes_changes_nothing_and_is_raised(stage: Stage) -> None:
    events = story(2)
    stage.trouble = trouble = Trouble(events[0])
    await stage.say(*events)
    await consume(stage, 2)

    def away(one: Event[Any]) -> None:
        if one == events[1]:
            raise ConnectionResetError

    stage.trouble = away
    before = await stage.held()
    with pytest.raises(ConnectionResetError):
        await stage.redrive().key(before[0].at, ADMIN)

    assert (await stage.held(), await stage.acts(), await stage.applied()) == (before, [], {})
    stage.trouble, trouble.bad = trouble, []
    assert (await stage.redrive().key(before[0].at, ADMIN)).applied == 2


async def test_what_was_missing_and_came_later_goes_first(stage: Stage) -> None:
    events = story(5)
    await stage.say(events[0], events[2], events[3], events[1], events[4])
    await consume(stage, 5)
    assert [one.reason for one in await stage.held()] == ["sequence-hole", "behind", "behind", "behind"]

    done = await stage.redrive().key((await stage.held())[0].at, ADMIN)

    assert (done.applied, done.left) == (4, 0)
    assert await stage.applied() == {events[0].envelope.subject: [1, 2, 3, 4, 5]}


async def test_a_hole_that_nothing_fills_fails_again(stage: Stage) -> None:
    events = story(3)
    await stage.say(events[0], events[2])
    await consume(stage, 2)

    done = await stage.redrive().key((await stage.held())[0].at, ADMIN)

    assert [(one.reason, one.error) for one in done.failed] == [("sequence-hole", "sequence 3 came after 1")]


async def test_a_repeat_that_was_parked_is_skipped(stage: Stage) -> None:
    events = story(2)
    stage.trouble = trouble = Trouble(events[0])
    await stage.say(*events, *events)
    await consume(stage, 4)
    trouble.bad.clear()

    done = await stage.redrive().key((await stage.held())[0].at, ADMIN)

    assert (done.applied, done.skipped, done.left) == (2, 2, 0)
    assert [act.noted.fate for act in await stage.acts()] == ["applied", "skipped", "applied", "skipped"]
    assert await is_lawful(stage)


async def test_every_attempt_is_kept_with_who_when_and_what_came_of_it(stage: Stage) -> None:
    events = story(2)
    stage.trouble = trouble = Trouble(events[0])
    await stage.say(*events)
    await consume(stage, 2)
    at = (await stage.held())[0].at
    await stage.redrive().key(at, ADMIN)
    trouble.bad.clear()
    await stage.redrive().key(at, ADMIN)

    acts = await stage.acts()

    assert [(act.noted.act, act.noted.fate, act.noted.at.offset) for act in acts] == [
        ("redrive", "failed", at.offset),
        ("redrive", "applied", at.offset),
        ("redrive", "applied", at.offset + 1),
    ]
    assert {act.who for act in acts} == {ADMIN}
    assert (acts[0].noted.error or "").startswith("handler: KeyError at ")
    assert "0999" not in (acts[0].noted.error or "")
