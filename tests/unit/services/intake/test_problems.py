"""Refusals are told in both languages, each in its own."""

from datetime import date

import pytest

import reference
from schemas.reference.book import ReferenceBook
from services import routing
from services.intake import problems
from services.intake.model import TipState
from services.policy import Decision


def test_an_unknown_code_is_named_in_both_languages() -> None:
    facts = routing.RoutingFacts(stages=frozenset({"khong_co"}))
    (message,) = routing.unknown_codes(facts, date(2026, 11, 24), ReferenceBook.load(reference.folder()))
    told = problems.unknown_code(message)
    assert "khong_co" in told.vi
    assert "khong_co" in told.en
    assert "in force" not in told.vi


@pytest.mark.parametrize("state", list(TipState))
def test_every_state_has_a_name_in_vietnamese(state: TipState) -> None:
    told = problems.state_problem(state)
    assert "«" in told.vi
    assert state.value in told.en


def test_what_the_actor_may_not_know_of_is_refused_as_if_it_were_not_there() -> None:
    assert problems.denied(Decision(allowed=False, code="not_found", vi="x", en="x")) == problems.TIP_UNKNOWN


def test_any_other_refusal_keeps_the_policys_words() -> None:
    told = problems.denied(Decision(allowed=False, code="role_missing", vi="Thiếu vai trò.", en="A role is missing."))
    assert (told.status, told.vi, told.en) == (403, "Thiếu vai trò.", "A role is missing.")
