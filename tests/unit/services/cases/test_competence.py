"""Who may claim, and what is left when a tip is held."""

from dataclasses import replace
from datetime import date

from case_builders import EXPRESS, EXPRESS_ROUTE, TODAY, book, case
from schemas.facts import Facts, Place
from schemas.route import Route
from services.cases.model.case import without
from services.cases.model.competence import Ground, competent_units

GROUND = Ground(EXPRESS_ROUTE, EXPRESS)
LONG_AGO = date(2020, 1, 1)
FOUND_BY_POLICE = Ground(Route(rule="R-EXP-08", basis="19/2016/QĐ-TTg", lead="customs-kv2", co=("ca-79",)), EXPRESS)


def test_lead_and_co_handling_units_of_a_rule_in_force_are_competent() -> None:
    assert competent_units([GROUND], TODAY, book()) == {"customs-kv2", "qltt-79", "tax-79"}


def test_units_that_the_desk_named_under_a_rule_in_force_count_beside_those_of_the_rule() -> None:
    by_desk = Ground(EXPRESS_ROUTE.model_copy(update={"co": ("csb-hq",)}), EXPRESS)
    assert "csb-hq" in competent_units([by_desk], TODAY, book())


def test_units_of_every_rule_that_the_case_stands_on_are_competent() -> None:
    assert "ca-79" in competent_units([GROUND, FOUND_BY_POLICE], TODAY, book())


def test_units_of_a_rule_that_has_expired_give_way_to_those_of_the_rule_now_in_force() -> None:
    expired = Ground(Route(rule="R-OLD-01", basis="cũ", lead="ca-01", co=("csb-hq",)), EXPRESS)
    assert competent_units([expired], TODAY, book()) == {"customs-kv2", "qltt-79", "tax-79"}


def test_before_any_rule_nobody_is_competent() -> None:
    assert competent_units([GROUND], LONG_AGO, book()) == frozenset()


def test_a_case_without_a_ground_has_no_competent_unit() -> None:
    assert competent_units([], TODAY, book()) == frozenset()


def test_a_case_whose_only_tip_went_the_integrity_route_is_hidden() -> None:
    assert without(case(), []).hidden


def test_a_case_with_other_contributions_goes_on_without_the_tip_and_its_units() -> None:
    northern = Facts(place=Place(province="01"))
    proposed_by_tip = case(route=EXPRESS_ROUTE.model_copy(update={"rule": "R-TIP-01", "co": ("csb-hq", "qltt-79")}))
    left = without(proposed_by_tip, [replace(FOUND_BY_POLICE, facts=northern), GROUND])
    assert not left.hidden
    assert left.route.rule == "R-EXP-08"
    assert left.route.co == ("ca-79", "qltt-79", "tax-79")
    assert left.province == "01"
