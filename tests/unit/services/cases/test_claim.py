"""Who takes the lead."""

from datetime import timedelta

import pytest

from builders import NOW
from case_builders import case, claimed_case
from services.cases.model.case import Case, State
from services.cases.model.claim import Claimant, Claimed, ClaimLost, claim
from services.cases.model.denial import Denial, Denied


def claimant(
    unit: str = "customs-kv2", *, competent: bool = True, informed: bool = True, lost_before: bool = False
) -> Claimant:
    return Claimant(unit, "Lê Văn Giả Định", competent=competent, informed=informed, lost_before=lost_before)


def test_the_first_competent_unit_takes_the_lead_and_the_others_are_offered_co_handling() -> None:
    won = claim(case(), claimant("qltt-79"), NOW)
    assert isinstance(won, Claimed)
    assert (won.case.state, won.case.holder, won.case.claimed_at, won.case.sequence) == (
        State.CLAIMED,
        "qltt-79",
        NOW,
        2,
    )
    assert won.event.claimed_by == won.event.holder == "qltt-79"
    assert won.event.offered == ("customs-kv2", "tax-79")
    assert won.event.rule == "R-EXP-03"
    assert won.event.officer == "Lê Văn Giả Định"


def test_a_second_competent_unit_is_told_who_won_and_when() -> None:
    held = claimed_case("qltt-79")
    lost = claim(held, claimant(), NOW + timedelta(hours=2))
    assert isinstance(lost, ClaimLost)
    assert lost.event is not None
    assert (lost.won_by, lost.won_at) == ("qltt-79", held.claimed_at)
    assert (lost.event.unit, lost.event.won_by, lost.event.won_at) == ("customs-kv2", "qltt-79", held.claimed_at)
    assert lost.case.sequence == held.sequence + 1
    assert lost.case.holder == "qltt-79"


def test_a_loser_that_claims_again_is_told_again_without_another_event() -> None:
    held = claimed_case("qltt-79")
    lost = claim(held, claimant(lost_before=True), NOW)
    assert isinstance(lost, ClaimLost)
    assert lost.event is None
    assert lost.case == held


def test_the_unit_that_leads_the_case_cannot_claim_it_again() -> None:
    assert claim(claimed_case("qltt-79"), claimant("qltt-79"), NOW) == Denied(Denial.ALREADY_HELD)


def test_a_closed_case_cannot_be_claimed() -> None:
    assert claim(claimed_case(state=State.CLOSED), claimant("qltt-79"), NOW) == Denied(Denial.CLOSED)


@pytest.mark.parametrize("state", [case(), claimed_case(), claimed_case(state=State.CLOSED)])
def test_a_unit_that_no_rule_names_is_not_competent_and_learns_nothing_of_the_state(state: Case) -> None:
    assert claim(state, claimant("vptt-389", competent=False), NOW) == Denied(Denial.NOT_COMPETENT)


def test_a_unit_that_may_not_know_of_the_case_gets_the_answer_of_an_unknown_one() -> None:
    assert claim(case(), claimant("ca-01", competent=False, informed=False), NOW) == Denied(Denial.UNKNOWN)


def test_a_unit_that_a_new_rule_names_may_claim_though_it_was_never_told() -> None:
    assert isinstance(claim(case(), claimant("ca-79", informed=False), NOW), Claimed)


def test_a_hidden_case_is_unknown_even_to_its_lead() -> None:
    assert claim(case(hidden=True), claimant(), NOW) == Denied(Denial.UNKNOWN)
