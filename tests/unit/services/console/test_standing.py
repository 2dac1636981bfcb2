"""Whether a viewer may claim, and why not; where each unit stands."""

from dataclasses import replace

import pytest

from builders import A_CASE, NOW, ROUTE
from schemas.views import View
from services.console.model.sheet import Sheet
from services.console.model.sight import State
from services.console.model.standing import claim_act, positions
from services.policy import Actor

OPEN = Sheet(A_CASE, View.FULL, routes=(ROUTE,))
HELD = replace(OPEN, state=State.CLAIMED, holder="customs-79", held_since=NOW)


def officer(unit: str, *roles: str) -> Actor:
    return Actor("can-bo", unit, frozenset(roles or ("officer",)))


@pytest.mark.parametrize(
    ("sheet", "actor", "why"),
    [
        (OPEN, officer("qltt-79"), ""),
        (OPEN, officer("ca-79"), "unit"),
        (OPEN, officer("qltt-79", "operator"), "role"),
        (HELD, officer("qltt-79"), "taken"),
        (HELD, officer("customs-79"), "yours"),
        (replace(HELD, state=State.CLOSED), officer("customs-79"), "closed"),
    ],
)
def test_a_claim_is_open_or_locked_for_a_reason(sheet: Sheet, actor: Actor, why: str) -> None:
    act = claim_act(sheet, actor)

    assert (act.allowed, act.why) == (why == "", why)


def test_before_a_claim_the_lead_is_awaited_and_the_others_may_claim() -> None:
    assert [(one.unit, one.what) for one in positions(OPEN)] == [
        ("customs-79", "awaited"),
        ("qltt-79", "may"),
        ("tax-79", "may"),
    ]


def test_after_a_claim_the_holder_acts_and_the_others_are_invited() -> None:
    assert [(one.unit, one.what, one.leads) for one in positions(HELD)] == [
        ("customs-79", "acting", True),
        ("qltt-79", "invited", False),
        ("tax-79", "invited", False),
    ]


def test_a_viewer_who_sees_no_rule_is_told_of_the_holder_alone() -> None:
    pointer = Sheet(A_CASE, View.POINTER, state=State.CLAIMED, holder="customs-79")

    assert [one.unit for one in positions(pointer)] == ["customs-79"]
