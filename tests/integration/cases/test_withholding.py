"""A tip that goes the integrity route leaves its cases, on a real PostgreSQL."""

from collections.abc import Callable
from typing import Any

import pytest

from bus.errors import Refused
from bus.identity import uuid7
from case_builders import EXPRESS_ROUTE, signal, tip
from schemas.events.case import CaseProposed, CaseSignalAdded

pytestmark = pytest.mark.integration
Numbers = Callable[[], int]


async def test_a_case_that_grew_from_a_held_tip_alone_is_unknown_to_everyone(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    await desk.tips(tip(number))
    await desk.hold(number)
    held = await desk.claim("customs-kv2")
    unknown = await desk.claim("customs-kv2", uuid7())
    assert held.problem.slug == "not-found"
    assert (held.problem, held.field, held.about) == (unknown.problem, unknown.field, unknown.about)


async def test_holding_a_tip_says_nothing_about_its_case(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    await desk.tips(tip(number))
    said = len(await desk.published())
    await desk.hold(number)
    assert len(await desk.published()) == said


async def test_a_claimed_and_a_closed_case_are_hidden_as_well(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    await desk.tips(tip(number))
    await desk.claim("qltt-79")
    await desk.hold(number)
    assert (await desk.close("qltt-79")).problem.slug == "not-found"


@pytest.mark.parametrize("unit", ["qltt-79", "tax-79"], ids=["won", "lost"])
async def test_a_claim_sent_again_after_the_hold_is_answered_as_if_there_were_no_case(
    desk: Any, new_number: Numbers, unit: str
) -> None:
    number = new_number()
    await desk.tips(tip(number))
    await desk.claim("qltt-79", key="first")
    await desk.claim(unit, key="first")
    await desk.hold(number)
    unknown = await desk.claim(unit, uuid7())

    with pytest.raises(Refused) as refused:
        await desk.claim(unit, key="first")

    assert (refused.value.problem, refused.value.field) == (unknown.problem, unknown.field)


async def test_a_new_signal_on_the_subject_never_joins_the_hidden_case(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    await desk.tips(tip(number))
    await desk.hold(number)
    await desk.signals(signal(new_number()))
    first, second = await desk.published(CaseProposed)
    assert first.envelope.subject != second.envelope.subject


async def test_a_case_with_other_contributions_goes_on_without_the_tip(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    by_desk = EXPRESS_ROUTE.model_copy(update={"co": ("csb-hq",)})
    await desk.tips(tip(number, by_desk))
    await desk.signals(signal(new_number()))
    await desk.hold(number)
    (row,) = await desk.rows("select hidden, co from case_file")
    assert (row["hidden"], row["co"]) == (False, ["qltt-79", "tax-79"])
    assert (await desk.claim("csb-hq")).problem.slug == "not-found"
    assert (await desk.claim("qltt-79")).accepted


async def test_a_tip_that_was_taken_out_cannot_come_back(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    (travelling,) = await desk.sealed(tip(number))
    async with desk.begin() as uow:
        await desk.growth.add_tips([travelling], uow)
    await desk.signals(signal(new_number()))
    await desk.hold(number)
    async with desk.begin() as uow:
        await desk.growth.add_tips([travelling], uow)
    assert len(await desk.published(CaseProposed, CaseSignalAdded)) == 2


async def test_holding_a_tip_that_no_case_knows_changes_nothing(desk: Any, new_number: Numbers) -> None:
    await desk.signals(signal(new_number()))
    await desk.hold(new_number())
    assert (await desk.claim("qltt-79")).accepted
