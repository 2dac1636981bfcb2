"""What is withheld of a held tip, and from whom."""

from typing import Any
from uuid import UUID

import pytest

from case_builders import numbered
from feed_builders import CO, DESK, INTEGRITY, LEAD, fact, held, opened, proposed, received, withdrawn
from schemas.envelope import Event
from schemas.events import CommandAccepted, TipHeld, TipLinked
from schemas.views import View
from services.notifications.model.denials import Denials, learned
from services.notifications.model.mention import Mention, case_of, origins
from services.policy import everyone_but

TIP, CASE, SIGNAL = numbered(1), numbered(2), numbered(3)
TOKENS = {TIP: everyone_but({INTEGRITY})}


def about(event: Event[Any]) -> Mention:
    return Mention.of(event)


NAMING: dict[str, Event[Any]] = {
    "received": received(TIP),
    "proposed": proposed(CASE, TIP),
    "linked": fact(TipLinked, numbered(4), {}, linked_to=TIP),
    "answered": fact(CommandAccepted, numbered(5), {}, about=TIP),
}


@pytest.mark.parametrize("name", NAMING)
def test_whatever_names_a_held_tip_is_withheld_and_gets_no_number(name: str) -> None:
    denials = Denials(TOKENS)

    for unit in (DESK, LEAD, CO):
        assert denials.withhold(about(NAMING[name]), unit)
        assert denials.bar(about(NAMING[name]), unit)
    assert not denials.withhold(about(NAMING[name]), INTEGRITY)
    assert not denials.bar(about(NAMING[name]), INTEGRITY)


def test_a_case_is_withheld_as_long_as_everything_that_it_grew_from_is() -> None:
    claim = Mention("vn.phoihop.case.claimed.v1", CASE, None)
    answer = Mention("vn.phoihop.command.accepted.v1", numbered(9), CASE)

    alone, joined = Denials(TOKENS, {CASE: {TIP}}), Denials(TOKENS, {CASE: {TIP, SIGNAL}})

    assert [alone.withhold(one, LEAD) for one in (claim, answer)] == [True, True]
    assert [alone.bar(one, LEAD) for one in (claim, answer)] == [False, False]
    assert [joined.withhold(one, LEAD) for one in (claim, answer)] == [False, False]
    assert joined.withhold(about(proposed(CASE, TIP)), LEAD)


def test_the_notice_of_a_withdrawal_is_for_whom_it_is_addressed_to() -> None:
    notice = about(withdrawn(TIP))

    assert not Denials(TOKENS).withhold(notice, CO)
    assert not Denials(TOKENS).bar(notice, CO)


def test_without_a_denial_nothing_is_withheld() -> None:
    assert not any(Denials({}, {CASE: {TIP}}).withhold(about(one), LEAD) for one in NAMING.values())


def test_a_hold_and_the_opening_of_the_integrity_route_deny_the_same() -> None:
    assert learned([held(TIP)]) == learned([opened(TIP)]) == learned([opened(TIP), held(TIP)])
    assert dict.fromkeys(tip for tip, _ in learned([held(TIP)])) == {TIP: None}


@pytest.mark.parametrize("audience", [{}, {INTEGRITY: View.NONE}])
def test_an_integrity_unit_that_is_not_told_is_denied(audience: dict[str, View]) -> None:
    tokens = frozenset(token for _, token in learned([fact(TipHeld, TIP, audience, integrity_id=numbered(8))]))

    assert Denials({TIP: tokens}).withhold(about(received(TIP)), INTEGRITY)


def test_only_growth_tells_the_origins_of_a_case() -> None:
    assert origins([proposed(CASE, TIP), proposed(CASE, TIP), received(TIP)]) == [(CASE, TIP)]


def test_only_events_of_a_case_belong_to_one() -> None:
    found: list[UUID | None] = [case_of(one) for one in (proposed(CASE, TIP), received(TIP))]

    assert found == [CASE, None]
