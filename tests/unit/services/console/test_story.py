"""What entries tell together: who was asked, who claimed, who holds, and nothing that the viewer does not see."""

import re
from datetime import timedelta
from typing import Any

import pytest

from builders import NOW
from case_builders import book, numbered
from schemas.views import View
from services.console.look.drawing import drawn
from services.console.look.frame import LISTED, Asked, framed
from services.console.look.words import Words
from services.console.model.seen import Seen
from services.console.model.sheet import sheet
from services.console.timeline.figures import Carry, Holding, Shape
from services.console.timeline.story import TIPS, story
from services.console.timeline.window import Zoom
from services.runtime.language import Language

CASE = numbered(1)
ROUTE = {"rule": "R-IMP-01", "basis": "x", "lead": "customs-79", "co": ["qltt-79", "tax-79"]}
SECRET = "Bí Mật <script>"


def seen(kind: str, hours: float, view: View = View.FULL, **data: Any) -> Seen:
    at = NOW + timedelta(hours=hours)
    return Seen(f"{kind}-{hours}", kind, view, "phoihop", at, at, 1, {"case_no": "VV/2026/7K3M9QXA", **data})


PROPOSED = seen("case.proposed", -48, route=ROUTE, origin={"kind": "tip", "sender": "bcd-79", "reference": SECRET})
ADDED = seen("case.signal_added", -24, route=ROUTE, origin={"kind": "signal", "sender": "ca-79"})
CLAIMED = seen("case.claimed", -12, claimed_by="qltt-79", holder="qltt-79", offered=["customs-79", "tax-79"])
LOST = seen("case.claim_lost", -11, unit="tax-79", won_by="qltt-79", won_at=NOW.isoformat(), holder="qltt-79")
CLOSED = seen("case.closed", -1, closed_by="qltt-79", holder="qltt-79", outcome="penalty")
HIDDEN = Seen("p", "case.signal_added", View.POINTER, "ca-79", NOW, NOW, 1, {"holder": "qltt-79", "contact": "c"})
HIDDEN_CLAIM = Seen("q", "case.claimed", View.POINTER, "qltt-79", NOW, NOW, 1, {"holder": "qltt-79"})


def picture(*entries: Seen, language: Language = "vi", zoom: Zoom = Zoom.ALL) -> str:
    frame = framed(entries, Asked(zoom=zoom), NOW)
    return drawn(entries, sheet(CASE, entries), frame.window, NOW, Words(book(), language, NOW.date()))


def test_until_somebody_claims_the_lead_of_the_rule_was_asked_and_is_silent() -> None:
    told = story([PROPOSED])

    assert told.lanes == (TIPS, "customs-79")
    assert [(one.giver, one.taker, one.carry) for one in told.links] == [(TIPS, "customs-79", Carry.ASKED)]
    assert [(one.lane, one.holding) for one in told.spans] == [("customs-79", Holding.MUTE)]


def test_a_claim_answers_the_proposal_and_its_unit_holds_the_case_until_it_closes_it() -> None:
    told = story([PROPOSED, ADDED, CLAIMED, LOST, CLOSED])
    given = [(one.giver, one.taker, one.lands) for one in told.links if one.carry is Carry.GIVEN]
    held = next(one for one in told.spans if one.holding is Holding.HOLD)

    assert given == [(TIPS, "qltt-79", CLAIMED.acttime), ("ca-79", "qltt-79", None)]
    assert (held.lane, held.start, held.end) == ("qltt-79", CLAIMED.acttime, CLOSED.acttime)
    assert {one.lane for one in told.spans if one.holding is Holding.MUTE} == {"customs-79", "tax-79"}
    assert [one.shape for one in told.marks] == [Shape.DOT, Shape.DOT, Shape.DOT, Shape.REFUSED, Shape.DOT]


def test_a_pointer_is_a_lock_on_the_lane_of_whom_it_names_and_tells_of_nobody_else() -> None:
    told = story([HIDDEN, HIDDEN_CLAIM])
    text = picture(HIDDEN, HIDDEN_CLAIM)

    assert told.lanes == ("qltt-79",)
    assert {one.shape for one in told.marks} == {Shape.POINTER}
    assert told.links == ()
    assert "ca-79" not in text
    assert "Công an" not in text
    assert 'class="lock"' in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_people_wrote_is_text_in_the_picture(language: Language) -> None:
    text = picture(PROPOSED, language=language)

    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_unit_that_the_reference_data_does_not_know_is_drawn_under_its_code() -> None:
    stranger = seen("case.claimed", -2, claimed_by="no-such-unit", holder="no-such-unit", offered=[])

    assert "no-such-unit" in picture(stranger)


def test_the_list_goes_on_page_by_page_until_everything_of_the_window_was_told_once() -> None:
    entries = [
        seen("case.signal_added", -n / 10, route=ROUTE, origin={"kind": "signal"}) for n in range(LISTED * 2 + 7)
    ]
    told: list[str] = []
    frame = framed(entries, Asked(zoom=Zoom.ALL), NOW)
    while True:
        told += frame.listed
        if not frame.more:
            break
        frame = framed(entries, Asked(zoom=Zoom.ALL, before=frame.last), NOW)

    assert sorted(told) == sorted(one.id for one in entries)
    assert len(told) == len(set(told)) == frame.inside


def test_a_mistyped_address_is_the_page_without_it() -> None:
    assert Asked.of("year", "2026-13-45", "") == Asked()
    assert Asked.of("week", "0001-01-01", "x" * 900) == Asked(Zoom.WEEK, None, "x" * 200)


def test_marks_in_the_picture_are_as_many_as_entries() -> None:
    entries = [PROPOSED, ADDED, CLAIMED, LOST, CLOSED]

    assert sum(map(int, re.findall(r'data-n="(\d+)"', picture(*entries)))) == len(entries)
