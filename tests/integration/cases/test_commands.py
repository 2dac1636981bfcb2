"""Claims and closings on a real PostgreSQL."""

import asyncio
from collections.abc import Callable
from datetime import timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from bus.identity import uuid7
from case_builders import signal
from schemas.commands.case import CaseClaim
from schemas.events.case import CaseClaimed, CaseClaimLost, CaseClosed
from schemas.events.command import CommandAccepted, CommandRefused
from schemas.views import View

pytestmark = pytest.mark.integration
_VIETNAM = timezone(timedelta(hours=7))
Numbers = Callable[[], int]


@pytest.fixture
async def proposed(desk: Any, new_number: Numbers) -> UUID:
    await desk.signals(signal(new_number()))
    return UUID(str(await desk.only_case()))


async def test_a_claim_gives_the_lead_and_tells_everyone_of_the_rule(desk: Any, proposed: UUID) -> None:
    answer = await desk.claim("qltt-79")
    assert answer.accepted
    assert answer.about == proposed
    (claimed,) = await desk.published(CaseClaimed)
    assert answer.result == {"case_no": claimed.data.case_no, "state": "claimed"}
    assert claimed.envelope.source == "/units/qltt-79/cases"
    assert claimed.envelope.sequence == 2
    assert claimed.data.officer == "Lê Văn Giả Định"
    assert claimed.audience == {
        "bcd-79": View.FIELDS,
        "customs-kv2": View.POINTER,
        "qltt-79": View.FULL,
        "tax-79": View.POINTER,
        "vptt-389": View.FIELDS,
    }
    (told,) = await desk.published(CommandAccepted)
    assert (told.data.about, told.audience) == (proposed, {"qltt-79": View.FULL})


async def test_a_second_claim_is_told_who_won_and_when(desk: Any, proposed: UUID) -> None:
    await desk.claim("qltt-79")
    answer = await desk.claim("customs-kv2")
    assert not answer.accepted
    assert answer.problem.slug == "claim-lost"
    (claimed,) = await desk.published(CaseClaimed)
    won_at = claimed.envelope.acttime.astimezone(_VIETNAM)
    assert "qltt-79" in answer.problem.vi
    assert f"{won_at:%H:%M:%S ngày %d/%m/%Y}" in answer.problem.vi
    assert f"qltt-79 claimed it at {won_at.isoformat(timespec='seconds')}" in answer.problem.en


async def test_a_lost_claim_is_a_fact_that_the_loser_and_the_coordinators_see(desk: Any, proposed: UUID) -> None:
    await desk.claim("qltt-79")
    await desk.claim("customs-kv2")
    (lost,) = await desk.published(CaseClaimLost)
    assert (lost.data.unit, lost.data.won_by, lost.data.holder) == ("customs-kv2", "qltt-79", "qltt-79")
    assert lost.audience == {"bcd-79": View.FIELDS, "customs-kv2": View.POINTER, "vptt-389": View.FIELDS}
    (refused,) = await desk.published(CommandRefused)
    assert refused.data.problem == "urn:phoihop:problem:claim-lost"
    assert refused.audience == {"customs-kv2": View.FULL}


async def test_of_twenty_claims_at_once_exactly_one_wins(desk: Any, proposed: UUID) -> None:
    units = ["customs-kv2", "qltt-79", "tax-79"]
    answers = await asyncio.gather(*(desk.claim(units[number % 3], proposed) for number in range(20)))
    winners = [answer for answer in answers if answer.accepted]
    assert len(winners) == 1
    (claimed,) = await desk.published(CaseClaimed)
    losers = await desk.published(CaseClaimLost)
    assert {event.data.unit for event in losers} == set(units) - {claimed.data.claimed_by}
    assert {event.data.won_by for event in losers} == {claimed.data.claimed_by}
    of_case = [event for event in await desk.published() if event.envelope.subject == str(proposed)]
    assert [event.envelope.sequence for event in of_case] == [1, 2, 3, 4]
    slugs = [answer.problem.slug for answer in answers if answer.problem]
    assert set(slugs) <= {"claim-lost", "wrong-state"}
    assert slugs.count("claim-lost") >= 12


async def test_a_claim_repeated_under_its_key_gets_the_same_answer_and_changes_nothing(
    desk: Any, proposed: UUID
) -> None:
    first = await desk.claim("qltt-79", proposed, "key-1")
    lost = await desk.claim("customs-kv2", proposed, "key-2")
    said = len(await desk.published())
    assert await desk.claim("qltt-79", proposed, "key-1") == first
    assert await desk.claim("customs-kv2", proposed, "key-2") == lost
    assert len(await desk.published()) == said


async def test_a_key_used_for_another_case_is_refused(desk: Any, proposed: UUID) -> None:
    await desk.claim("qltt-79", proposed, "key-3")
    answer = await desk.claim("qltt-79", uuid7(), "key-3")
    assert answer.problem.slug == "id-reused"


@pytest.mark.parametrize(
    ("unit", "slug"),
    [
        pytest.param("vptt-389", "not-competent", id="a coordinator sees the case but no rule names it"),
        pytest.param("ca-01", "not-found", id="a unit outside may not know of the case"),
    ],
)
async def test_a_unit_that_no_rule_names_cannot_claim(desk: Any, proposed: UUID, unit: str, slug: str) -> None:
    answer = await desk.claim(unit, proposed)
    assert (answer.accepted, answer.problem.slug) == (False, slug)
    assert not await desk.published(CaseClaimed, CaseClaimLost)


async def test_an_unknown_case_and_one_that_the_unit_may_not_know_are_answered_alike(desk: Any, proposed: UUID) -> None:
    outside = await desk.claim("ca-01", proposed)
    unknown = await desk.claim("ca-01", uuid7())
    assert (outside.problem, outside.field) == (unknown.problem, unknown.field)


@pytest.mark.parametrize("case_id", [None, "00000000-0000-7000-8000-000000000000"])
async def test_an_account_without_the_role_is_told_so_whether_or_not_the_case_exists(
    desk: Any, proposed: UUID, case_id: str | None
) -> None:
    which = UUID(case_id) if case_id else proposed
    answer = await desk.claim("qltt-79", which, roles=frozenset({"operator"}))
    assert answer.problem.slug == "forbidden"


async def test_the_lead_closes_the_case_with_an_outcome_in_force(desk: Any, proposed: UUID) -> None:
    await desk.claim("qltt-79")
    answer = await desk.close("qltt-79")
    assert answer.accepted
    (closed,) = await desk.published(CaseClosed)
    assert (closed.data.outcome, closed.data.closed_by, closed.envelope.sequence) == ("PHAT_TIEN", "qltt-79", 3)
    assert closed.audience["qltt-79"] is View.FULL
    assert closed.audience["customs-kv2"] is View.POINTER


async def test_an_outcome_that_no_sheet_has_is_refused_by_its_field(desk: Any, proposed: UUID) -> None:
    await desk.claim("qltt-79")
    answer = await desk.close("qltt-79", "TOT_DEP")
    assert (answer.problem.slug, answer.field) == ("unknown-code", "/outcome")


async def test_only_the_unit_that_leads_may_close(desk: Any, proposed: UUID) -> None:
    await desk.claim("qltt-79")
    assert (await desk.close("customs-kv2")).problem.slug == "forbidden"
    assert (await desk.close("ca-01")).problem.slug == "not-found"
    assert not await desk.published(CaseClosed)


async def test_a_case_that_nobody_claimed_cannot_be_closed(desk: Any, proposed: UUID) -> None:
    assert (await desk.close("customs-kv2")).problem.slug == "wrong-state"


async def test_a_closed_case_can_be_neither_claimed_nor_closed_again(desk: Any, proposed: UUID) -> None:
    await desk.claim("qltt-79")
    await desk.close("qltt-79")
    assert (await desk.claim("customs-kv2")).problem.slug == "wrong-state"
    assert (await desk.close("qltt-79")).problem.slug == "wrong-state"


async def test_a_refused_claim_leaves_only_its_answer(desk: Any, proposed: UUID) -> None:
    said = len(await desk.published())
    await desk.claim("vptt-389", proposed)
    new = (await desk.published())[said:]
    assert [type(event.data) for event in new] == [CommandRefused]
    assert not await desk.rows("select from case_claim")


async def test_a_claim_is_checked_by_the_rule_in_force_and_not_by_who_was_told(desk: Any, proposed: UUID) -> None:
    async with desk.begin() as uow:
        await uow.raw.execute("update case_origin set rule = 'R-OLD-01', lead = 'csb-hq', co = '{}'")
        await uow.raw.execute("update case_file set rule = 'R-OLD-01', lead = 'csb-hq', co = '{}'")
    assert (await desk.perform(CaseClaim(case_id=proposed), "csb-hq")).problem.slug == "not-competent"
    assert (await desk.claim("customs-kv2")).accepted
