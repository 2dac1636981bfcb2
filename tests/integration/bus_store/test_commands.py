"""A command is decided once; whoever sends it again, by whichever door, gets the answer that it got."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest

from builders import A_CASE, NOW, event, example
from bus.commands import KEPT, Answer, CommandDesk
from bus.database import Database
from bus.errors import Refused
from bus.relay import as_written
from bus.uow import UnitOfWork, UnitsOfWork
from bus.wire import decode
from bus_builders import Hands
from schemas.commands.case import CaseClaim
from schemas.envelope import Event
from schemas.events.command import CommandAccepted, CommandRefused
from schemas.problems import CLAIM_LOST, NOT_FOUND
from schemas.views import View
from store_builders import rows, things

pytestmark = pytest.mark.integration

HASH, OTHER_HASH = b"\x01" * 32, b"\x02" * 32
PEPPER = b"p" * 32
LOST = CLAIM_LOST.problem(vi="qltt-79 đã thụ lý.", en="qltt-79 claimed it.")


def claim(**changes: Any) -> Event[CaseClaim]:
    given = {"id": "k-1", "source": "/units/customs-79/http", "correlationid": None}
    return event(example(CaseClaim), sequence=None, **{**given, **changes})


@dataclass
class Acts:
    """Inserts a row each time it is carried out, and then answers, or fails, as told."""

    then: Callable[[], Answer] = lambda: Answer(accepted=True, about=A_CASE, result={"case_no": "VV/2026/7K3M9QXA"})
    before: Callable[[UnitOfWork], Awaitable[None]] | None = None
    done: list[int] = field(default_factory=list)

    async def __call__(self, uow: UnitOfWork) -> Answer:
        if self.before:
            await self.before(uow)
        self.done.append(1)
        await uow.raw.execute("insert into thing (id) select coalesce(max(id), 0) + 1 from thing")
        return self.then()


def refuses() -> Answer:
    raise Refused(LOST, "/case_id")


async def perform(work: UnitsOfWork, command: Event[CaseClaim], acts: Acts, said: bytes = HASH, **how: Any) -> Answer:
    async with work.begin() as uow:
        return await CommandDesk(PEPPER).perform(command, "customs-79", said, acts, uow, **how)


async def published(store: Database) -> list[Event[Any]]:
    return [decode(message) for message in await as_written(await rows(store))]


async def test_an_accepted_command_is_answered_to_its_caller_and_on_the_sender_s_feed(
    work: UnitsOfWork, store: Database
) -> None:
    answer = await perform(work, claim(), Acts())

    assert answer == Answer(accepted=True, about=A_CASE, result={"case_no": "VV/2026/7K3M9QXA"})
    (told,) = await published(store)
    assert isinstance(told.data, CommandAccepted)
    assert told.data.about == A_CASE
    assert told.data.result == answer.result
    assert (told.data.command_source, told.data.command_id) == ("/units/customs-79/http", "k-1")
    assert told.data.command_type == "vn.phoihop.command.case.claim.v1"
    assert told.audience == {"customs-79": View.FULL}
    assert (told.envelope.sequence, told.envelope.causationid, told.envelope.correlationid) == (1, "k-1", "k-1")
    assert told.envelope.subject not in {None, str(A_CASE)}


async def test_a_refusal_undoes_what_was_done_and_says_why_in_both_languages(
    work: UnitsOfWork, store: Database
) -> None:
    answer = await perform(work, claim(), Acts(refuses))

    assert answer == Answer(accepted=False, problem=LOST, field="/case_id")
    assert await things(store) == 0
    (told,) = await published(store)
    assert isinstance(told.data, CommandRefused)
    assert told.data.problem == "urn:phoihop:problem:claim-lost"
    assert (told.data.reason_vi, told.data.reason_en) == (LOST.vi, LOST.en)
    assert told.data.field == "/case_id"


async def test_a_refusal_that_is_returned_keeps_what_was_done(work: UnitsOfWork, store: Database) -> None:
    answer = await perform(work, claim(), Acts(lambda: Answer(accepted=False, about=A_CASE, problem=LOST)))

    assert answer.problem == LOST
    assert await things(store) == 1
    assert [type(told.data) for told in await published(store)] == [CommandRefused]


@pytest.mark.parametrize("then", [Acts().then, refuses], ids=["accepted", "refused"])
async def test_a_repetition_gets_the_same_answer_and_does_nothing(
    work: UnitsOfWork, store: Database, then: Callable[[], Answer]
) -> None:
    acts = Acts(then)

    answers = [await perform(work, claim(), acts) for _ in range(3)]

    assert answers == [answers[0]] * 3
    assert len(acts.done) == 1
    assert len(await published(store)) == 1


async def test_a_repetition_is_told_nothing_of_what_has_been_hidden_since(work: UnitsOfWork) -> None:
    hidden = False

    async def still(_: UnitOfWork) -> None:
        if hidden:
            raise Refused(NOT_FOUND.problem(), "/case_id")

    acts = Acts()
    first = await perform(work, claim(), acts, still=still)
    assert await perform(work, claim(), acts, still=still) == first
    hidden = True

    with pytest.raises(Refused) as refused:
        await perform(work, claim(), acts, still=still)

    assert refused.value.problem.slug == "not-found"
    assert await perform(work, claim(), acts) == first


async def test_a_repetition_within_one_transaction_is_a_repetition(work: UnitsOfWork) -> None:
    acts = Acts()
    async with work.begin() as uow:
        answers = [await CommandDesk(PEPPER).perform(claim(), "customs-79", HASH, acts, uow) for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(acts.done) == 1


async def test_the_same_id_with_other_content_is_refused_and_the_first_answer_stays(
    work: UnitsOfWork, store: Database
) -> None:
    acts = Acts()
    first = await perform(work, claim(), acts)
    other = await perform(work, claim(), acts, OTHER_HASH)
    again = await perform(work, claim(), acts)

    assert other.problem is not None
    assert (other.problem.slug, other.field) == ("id-reused", "/id")
    assert again == first
    assert len(acts.done) == 1
    assert [type(told.data) for told in await published(store)] == [CommandAccepted, CommandRefused]


async def test_the_same_id_of_another_source_is_another_command(work: UnitsOfWork) -> None:
    acts = Acts()
    await perform(work, claim(), acts)
    await perform(work, claim(source="/units/qltt-79/http"), acts)

    assert len(acts.done) == 2


async def test_an_answer_may_be_kept_off_the_feed(work: UnitsOfWork, store: Database) -> None:
    await perform(work, claim(), Acts(), answer_on_feed=False)
    await perform(work, claim(), Acts(), OTHER_HASH, answer_on_feed=False)
    await perform(work, claim(id="k-2"), Acts(refuses), answer_on_feed=False)

    assert await published(store) == []


async def test_a_failure_that_is_no_refusal_leaves_the_command_undecided(work: UnitsOfWork, store: Database) -> None:
    def fails() -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await perform(work, claim(), Acts(fails))
    assert (await things(store), await published(store)) == (0, [])

    assert (await perform(work, claim(), Acts())).accepted


async def test_of_two_at_once_one_decides_and_the_other_waits_for_its_answer(
    work: UnitsOfWork, store: Database
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(_: UnitOfWork) -> None:
        begun.set()
        await go.wait()

    first_acts, second_acts = Acts(before=slowly), Acts()
    first = asyncio.create_task(perform(work, claim(), first_acts))
    await begun.wait()
    second = asyncio.create_task(perform(work, claim(), second_acts))
    await waiting_for_a_lock(store)
    assert not second.done()
    go.set()

    assert await first == await second
    assert (len(first_acts.done), len(second_acts.done)) == (1, 0)
    assert len(await published(store)) == 1


async def test_when_the_first_of_two_at_once_fails_the_other_decides(work: UnitsOfWork, store: Database) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def fails_slowly(_: UnitOfWork) -> None:
        begun.set()
        await go.wait()
        raise ZeroDivisionError

    acts = Acts()
    first = asyncio.create_task(perform(work, claim(), Acts(before=fails_slowly)))
    await begun.wait()
    second = asyncio.create_task(perform(work, claim(), acts))
    await waiting_for_a_lock(store)
    go.set()

    with pytest.raises(ZeroDivisionError):
        await first
    assert (await second).accepted
    assert len(acts.done) == 1


async def test_who_waits_too_long_for_another_s_decision_is_told_to_come_again(work: UnitsOfWork) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(_: UnitOfWork) -> None:
        begun.set()
        await go.wait()

    async def impatiently() -> None:
        async with work.begin() as uow:
            await uow.raw.execute("set local lock_timeout = '20ms'")
            await CommandDesk(PEPPER).perform(claim(), "customs-79", HASH, Acts(), uow)

    first = asyncio.create_task(perform(work, claim(), Acts(before=slowly)))
    await begun.wait()
    with pytest.raises(Refused) as caught:
        await impatiently()
    go.set()
    await first

    assert caught.value.problem.slug == "idempotency-in-flight"


async def test_a_decision_is_kept_for_ninety_days_with_who_acted(
    work: UnitsOfWork, store: Database, hands: Hands
) -> None:
    officer = {"person": "an.nv", "unit": "customs-79", "roles": ["officer"]}
    await perform(work, replace(claim(), actor=json.dumps(officer)), Acts())
    async with store.autocommit() as raw:
        kept = await raw.fetchrow("select actor_unit, actor, received_at, keep_until, body_hash from command")

    assert kept["actor"] == officer
    assert (kept["actor_unit"], kept["received_at"]) == ("customs-79", NOW)
    assert kept["body_hash"] == hmac.digest(PEPPER, b"command\n" + HASH, "sha256")
    assert kept["keep_until"] == NOW + KEPT
    assert KEPT.days == 90


def test_an_answer_is_accepted_or_has_a_problem() -> None:
    with pytest.raises(ValueError, match="accepted, or has a problem"):
        Answer(accepted=False)
    with pytest.raises(ValueError, match="accepted, or has a problem"):
        Answer(accepted=True, problem=LOST, about=UUID(int=1))


async def waiting_for_a_lock(store: Database) -> None:
    """Returns once some session of this database waits for another's transaction."""
    waits = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with store.autocommit() as raw, asyncio.timeout(5):
        while not await raw.fetch(waits):
            pass
