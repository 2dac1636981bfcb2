"""What an informant learns by receipt, from receipt to the end of the case that came of it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from builders import NOW, event, example
from bus.uow import UnitsOfWork
from intake_builders import FORM, PAPER, Http, Tokens
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed, CaseSignalAdded, Origin, OriginKind
from services.intake.handlers.cases import case_ended, case_found_lead, origin_became_case
from services.intake.handlers.status import TEXTS
from services.intake.receipt import ALPHABET, Receipt

PUBLIC = frozenset({"submit", "status"})


async def entered(intake: Http, operator: str) -> tuple[UUID, str]:
    answer = (await intake.post("/desk/tips", FORM | {"channel": "phone"}, operator)).json()
    return UUID(answer["tip_id"]), answer["receipt"]


@pytest.fixture
def told(intake: Http, token: Tokens) -> Any:
    async def ask(receipt: str) -> Any:
        return (await intake.post("/tips/status", {"receipt": receipt}, token(scope=PUBLIC))).json()

    return ask


def grew(case: UUID, tip: UUID, kind: type[CaseProposed | CaseSignalAdded] = CaseProposed) -> Any:
    origin = Origin(kind=OriginKind.TIP, id=tip, sender="bcd-79")
    return event(example(kind, origin=origin, personal={}), subject=case)


async def closed(units: UnitsOfWork, case: UUID, tip: UUID) -> None:
    async with units.begin() as uow:
        await origin_became_case([grew(case, tip)], uow)
        await case_found_lead([event(example(CaseClaimed, claimed_by="qltt-79"), subject=case)], uow)
        await case_ended([event(example(CaseClosed), subject=case)], uow)


async def test_each_decision_is_shown_with_words_in_both_languages(intake: Http, operator: str, told: Any) -> None:
    for verb, body, shown in (
        ("refuse", {"code": "quay_roi"}, "refused"),
        ("advise", {"advised_to": "Cục Hải quan"}, "advised"),
        ("forward", PAPER, "forwarded"),
    ):
        tip, receipt = await entered(intake, operator)
        assert (await told(receipt))["status"] == "received"
        await intake.post(f"/desk/tips/{tip}/{verb}", body, operator)
        answer = await told(receipt)
        assert answer["status"] == shown
        assert answer["vi"] != answer["en"]
        assert "Hải quan" not in answer["vi"]


async def test_the_end_of_its_case_is_the_end_for_the_informant(
    intake: Http, operator: str, told: Any, units_of_work: UnitsOfWork
) -> None:
    tip, receipt = await entered(intake, operator)
    await intake.post(f"/desk/tips/{tip}/forward", PAPER, operator)
    await closed(units_of_work, uuid4(), tip)
    answer = await told(receipt)
    assert (answer["status"], answer["since"]) == ("finished", NOW.isoformat().replace("+00:00", "Z"))


async def test_a_tip_that_joined_a_case_is_finished_with_it(
    intake: Http, operator: str, told: Any, units_of_work: UnitsOfWork
) -> None:
    tip, receipt = await entered(intake, operator)
    await intake.post(f"/desk/tips/{tip}/forward", PAPER, operator)
    case = uuid4()
    async with units_of_work.begin() as uow:
        await origin_became_case([grew(case, tip, CaseSignalAdded), grew(case, tip, CaseSignalAdded)], uow)
        await case_ended([event(example(CaseClosed), subject=case)], uow)
    assert (await told(receipt))["status"] == "finished"


async def test_cases_of_signals_are_none_of_intakes_business(units_of_work: UnitsOfWork) -> None:
    case = uuid4()
    async with units_of_work.begin() as uow:
        await origin_became_case([event(example(CaseProposed, personal={}), subject=case)], uow)
        assert await uow.raw.fetchval("select count(*) from tip_case where case_id = $1", case) == 0


async def test_a_linked_tip_goes_as_far_as_the_one_it_was_linked_to(intake: Http, operator: str, told: Any) -> None:
    earlier, _ = await entered(intake, operator)
    later, receipt = await entered(intake, operator)
    await intake.post(f"/desk/tips/{later}/link", {"linked_to": str(earlier)}, operator)
    assert (await told(receipt))["status"] == "received"
    await intake.post(f"/desk/tips/{earlier}/forward", PAPER, operator)
    assert (await told(receipt))["status"] == "forwarded"


async def test_a_hold_changes_nothing_of_what_informants_are_told(
    intake: Http, operator: str, told: Any, units_of_work: UnitsOfWork
) -> None:
    tip, receipt = await entered(intake, operator)
    linked, other_receipt = await entered(intake, operator)
    await intake.post(f"/desk/tips/{linked}/link", {"linked_to": str(tip)}, operator)
    await intake.post(f"/desk/tips/{tip}/forward", PAPER, operator)
    before = await told(receipt), await told(other_receipt)
    await intake.post(f"/desk/tips/{tip}/hold", {"named_units": ["ca-79"], "reason": "nêu cán bộ"}, operator)
    await closed(units_of_work, uuid4(), tip)
    assert (await told(receipt), await told(other_receipt)) == before


async def test_a_slip_of_the_pen_is_told_apart_from_a_receipt_that_was_never_given(
    intake: Http, operator: str, token: Tokens
) -> None:
    _, receipt = await entered(intake, operator)
    slipped = ALPHABET[(ALPHABET.index(receipt[0]) + 1) % 32] + receipt[1:]
    mistyped = await intake.post("/tips/status", {"receipt": slipped}, token(scope=PUBLIC))
    assert (mistyped.status_code, mistyped.json()["errors"][0]["pointer"]) == (422, "#/receipt")
    guessed = str(Receipt.derive(b"guess" * 8, "s", "k"))
    unknown = await intake.post("/tips/status", {"receipt": guessed}, token(scope=PUBLIC))
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:phoihop:problem:unknown-receipt")


async def test_status_needs_the_public_process_token(intake: Http, token: Tokens, operator: str) -> None:
    assert (await intake.post("/tips/status", {"receipt": "x"}, operator)).status_code == 403
    assert (await intake.post("/tips/status", {"receipt": "x"}, token(scope=frozenset({"submit"})))).status_code == 403


def test_no_text_for_informants_names_an_agency_or_a_unit() -> None:
    for vi, en in TEXTS.values():
        for word in ("Hải quan", "Công an", "Thuế", "Quản lý thị trường", "customs", "police", "tax", "389"):
            assert word.lower() not in (vi + en).lower()
