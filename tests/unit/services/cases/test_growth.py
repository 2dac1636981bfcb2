"""How a case opens and grows."""

from builders import PERSONAL
from case_builders import EXPRESS, EXPRESS_ROUTE, case, claimed_case, contribution, numbered
from schemas.events.case import CaseProposed, CaseSignalAdded
from schemas.route import Route
from services.cases.model.case import State
from services.cases.model.growth import grow

FOUND_BY_POLICE = Route(rule="R-EXP-08", basis="19/2016/QĐ-TTg", lead="customs-kv2", co=("ca-79",))


def test_the_first_contribution_proposes_the_case_in_its_first_event() -> None:
    grown = grow(case(sequence=0), contribution())
    assert isinstance(grown.event, CaseProposed)
    assert grown.case.sequence == 1
    assert grown.case.state is State.PROPOSED
    assert grown.event.case_no == "VV/2026/7K3M9QXA"
    assert grown.event.origin.id == numbered(2)
    assert grown.event.route == EXPRESS_ROUTE
    assert grown.event.facts == EXPRESS


def test_a_later_contribution_is_added_in_the_next_event() -> None:
    grown = grow(case(sequence=1), contribution(3))
    assert isinstance(grown.event, CaseSignalAdded)
    assert grown.case.sequence == 2


def test_personal_facts_stay_under_the_key_of_the_origin_that_brought_them() -> None:
    assert grow(case(), contribution(3)).event.personal == {numbered(3): PERSONAL}


def test_before_a_claim_the_lead_of_the_rule_is_the_unit_to_contact() -> None:
    assert grow(case(), contribution()).event.holder == "customs-kv2"


def test_after_a_claim_the_holder_is_the_unit_to_contact_and_the_case_stays_claimed() -> None:
    grown = grow(claimed_case("qltt-79"), contribution())
    assert grown.event.holder == "qltt-79"
    assert grown.case.state is State.CLAIMED


def test_units_that_a_later_rule_names_take_part_in_the_case_from_then_on() -> None:
    grown = grow(case(), contribution(3, route=FOUND_BY_POLICE))
    assert grown.case.route.co == ("ca-79", "qltt-79", "tax-79")
    assert grown.case.route.rule == "R-EXP-03"


def test_an_event_tells_the_rule_of_its_own_contribution() -> None:
    assert grow(case(), contribution(3, route=FOUND_BY_POLICE)).event.route == FOUND_BY_POLICE


def test_contributions_without_a_subject_never_share_a_case() -> None:
    assert contribution(3, subject_key=None).group != contribution(4, subject_key=None).group


def test_one_subject_under_two_lead_units_is_two_groups() -> None:
    other = EXPRESS_ROUTE.model_copy(update={"lead": "customs-kv1"})
    assert contribution(3).group == contribution(4).group
    assert contribution(3).group != contribution(4, route=other).group
