"""Which desk command a tip allows in which state, and what its informant is shown."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from schemas.events.tip import Channel
from schemas.facts import Facts
from schemas.route import Document, Route
from services.intake.model import ALLOWED, Shown, StateError, Tip, TipState

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 3, tzinfo=UTC)
ROUTE = Route(rule="R-INL-01", basis="98/2020/NĐ-CP Điều 88", lead="qltt-79", co=("ca-79",))
PAPER = Document(number="12/CV-BCĐ389", dated=date(2026, 11, 24))
OTHER = UUID(int=2)
INTEGRITY = UUID(int=3)


def a_tip(state: TipState = TipState.RECEIVED, shown: Shown = Shown.RECEIVED) -> Tip:
    return Tip(
        id=UUID(int=1),
        tip_no="bcd-79/2026/ABCDEFGH",
        desk="bcd-79",
        channel=Channel.PHONE,
        received_at=NOW,
        state=state,
        shown=shown,
        shown_since=NOW,
        facts=Facts(),
        informant_ref="0" * 32,
        sequence=1,
    )


def apply(tip: Tip, command: str) -> Tip:
    match command:
        case "refuse":
            return tip.refuse(LATER)
        case "advise":
            return tip.advise(LATER)
        case "link":
            return tip.link(OTHER)
        case "forward":
            return tip.forward(ROUTE, PAPER, Facts(stages=("giao",)), LATER)
        case _:
            return tip.hold(("qltt-79",), INTEGRITY)


@pytest.mark.parametrize("state", list(TipState))
@pytest.mark.parametrize("command", list(ALLOWED))
def test_a_command_is_obeyed_in_its_states_and_named_in_the_error_in_all_others(command: str, state: TipState) -> None:
    tip = a_tip(state)
    if state in ALLOWED[command]:
        assert apply(tip, command).sequence > tip.sequence
        return
    with pytest.raises(StateError, match=f"{command} needs .* this one is {state}"):
        apply(tip, command)


@pytest.mark.parametrize("command", ["refuse", "advise", "forward"])
def test_a_decision_is_shown_to_the_informant_from_that_moment(command: str) -> None:
    decided = apply(a_tip(), command)
    assert decided.shown_since == LATER
    assert decided.shown is not Shown.RECEIVED


def test_a_link_changes_nothing_of_what_the_informant_is_shown() -> None:
    linked = a_tip().link(OTHER)
    assert (linked.state, linked.linked_to) == (TipState.LINKED, OTHER)
    assert (linked.shown, linked.shown_since) == (Shown.RECEIVED, NOW)


@pytest.mark.parametrize("shown", list(Shown))
def test_a_hold_changes_nothing_of_what_the_informant_is_shown(shown: Shown) -> None:
    held = a_tip(TipState.FORWARDED, shown).hold(("qltt-79",), INTEGRITY)
    assert held.held
    assert (held.shown, held.shown_since) == (shown, NOW)


def test_a_hold_counts_two_events_and_every_other_command_one() -> None:
    before = a_tip()
    assert {command: apply(before, command).sequence for command in ALLOWED} == {
        "refuse": 2,
        "advise": 2,
        "link": 2,
        "forward": 2,
        "hold": 3,
    }


def test_forwarding_keeps_the_facts_that_the_desk_corrected() -> None:
    sent = a_tip().forward(ROUTE, PAPER, Facts(stages=("giao",)), LATER)
    assert sent.facts.stages == ("giao",)
    assert (sent.route, sent.document) == (ROUTE, PAPER)


def test_a_command_leaves_the_tip_it_was_given_unchanged() -> None:
    tip = a_tip()
    copy = replace(tip)
    tip.refuse(LATER)
    assert tip == copy
