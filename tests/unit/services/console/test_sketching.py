"""A sketch stands in for what nobody opened: it may say less than the cut of the same event, and nothing more."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from builders import NOW, event, example
from bus.wire import encode
from schemas.cut import cut
from schemas.events.case import CaseClaimed, CaseClaimLost, CaseClosed, CaseProposed, CaseSignalAdded
from schemas.views import View
from services.console.handlers.sketching import sketched
from services.console.model.entry import Entry, Kept
from services.console.timeline.story import lane_of, story, word_of

KINDS = (CaseProposed, CaseSignalAdded, CaseClaimed, CaseClaimLost, CaseClosed)


def kept(kind: Any) -> tuple[Kept, Any]:
    one = event(example(kind, personal={}), acttime=NOW)
    message = encode(one, "case")
    return Kept(Entry.of(one), 1, {name: value.decode() for name, value in message.headers}, message.value), one


def late(kind: Any) -> Kept:
    """The entry of what happened a while before the bus was told."""
    one = event(example(kind, personal={}), acttime=NOW - timedelta(days=3), recordedtime=NOW)
    return Kept(Entry.of(one), 1, {name: value.decode() for name, value in encode(one, "case").headers}, b"{}")


def within(inner: Any, outer: Any) -> bool:
    if isinstance(inner, Mapping):
        return isinstance(outer, Mapping) and all(name in outer and within(inner[name], outer[name]) for name in inner)
    return bool(inner == outer)


@pytest.mark.parametrize("view", [View.POINTER, View.FIELDS, View.FULL])
@pytest.mark.parametrize("kind", KINDS)
def test_a_sketch_tells_nothing_that_the_cut_does_not_tell(kind: Any, view: View) -> None:
    row, one = kept(kind)
    told = sketched(row, view)
    # `full` may tell all of it; a sketch keeps to what `fields` shows even then.
    widest = cut(one, min(view, View.FIELDS), "a contact")

    assert within(told.data, widest), (told.data, widest)
    assert told.unit == one.envelope.unit


@pytest.mark.parametrize("kind", KINDS)
def test_a_sketch_is_drawn_where_the_opened_entry_is(kind: Any) -> None:
    row, one = kept(kind)
    from_cut = sketched(row, View.FULL)
    opened = type(from_cut)(
        id=from_cut.id,
        kind=from_cut.kind,
        view=View.FULL,
        unit=one.envelope.unit,
        acttime=from_cut.acttime,
        recordedtime=from_cut.recordedtime,
        change=1,
        data=cut(one, View.FULL),
    )

    assert (lane_of(from_cut), word_of(from_cut)) == (lane_of(opened), word_of(opened))


@pytest.mark.parametrize("kind", KINDS)
def test_a_pointer_stands_where_it_was_recorded_and_does_not_tell_when_it_happened(kind: Any) -> None:
    pointer, fields = sketched(late(kind), View.POINTER), sketched(late(kind), View.FIELDS)

    assert pointer.order[:2] == (NOW, NOW)
    assert [mark.at for mark in story([pointer]).marks] == [NOW]
    assert "acttime" not in pointer.document()
    assert pointer.document()["recordedtime"] == NOW.isoformat()
    assert fields.document()["acttime"] == (NOW - timedelta(days=3)).isoformat()
