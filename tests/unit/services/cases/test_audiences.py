"""Who may see what of a case."""

import pytest

from case_builders import EXPRESS_ROUTE, TODAY, book, case, claimed_case, contribution
from schemas.route import Route
from schemas.views import View
from services.cases.handlers.audiences import Audiences

FOUND_BY_POLICE = Route(rule="R-EXP-08", basis="19/2016/QĐ-TTg", lead="customs-kv2", co=("ca-79",))


@pytest.fixture
def audiences() -> Audiences:
    return Audiences(book())


def test_a_contribution_is_told_to_the_units_of_its_own_rule_and_to_no_others(audiences: Audiences) -> None:
    seen = audiences.of_growth(case(), contribution(route=FOUND_BY_POLICE))
    assert seen == {
        "bcd-79": View.FIELDS,
        "ca-79": View.FULL,
        "customs-kv2": View.FULL,
        "vptt-389": View.FIELDS,
    }


def test_a_holder_that_the_contribution_s_rule_does_not_name_sees_it_whole(audiences: Audiences) -> None:
    seen = audiences.of_growth(claimed_case("qltt-79"), contribution(route=FOUND_BY_POLICE))
    assert seen["qltt-79"] is View.FULL
    assert seen["ca-79"] is seen["customs-kv2"] is View.POINTER


def test_a_claim_is_told_to_the_units_of_every_rule_of_the_case(audiences: Audiences) -> None:
    route = EXPRESS_ROUTE.model_copy(update={"co": ("ca-79", "qltt-79", "tax-79")})
    seen = audiences.of_holding(claimed_case("qltt-79", route=route), TODAY)
    assert seen["qltt-79"] is View.FULL
    assert seen["ca-79"] is seen["customs-kv2"] is seen["tax-79"] is View.POINTER
    assert "ca-01" not in seen


@pytest.mark.parametrize(
    ("unit", "knows"), [("customs-kv2", True), ("tax-79", True), ("bcd-79", True), ("ca-01", False), ("bcd-20", False)]
)
def test_who_sees_some_event_of_a_case_may_know_of_it(audiences: Audiences, unit: str, *, knows: bool) -> None:
    assert audiences.knows(case(), unit, TODAY) is knows


def test_nobody_knows_of_a_hidden_case(audiences: Audiences) -> None:
    assert not audiences.knows(case(hidden=True), "customs-kv2", TODAY)
