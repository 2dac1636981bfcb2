"""A case's entries as figures in codes: who did what on which lane, told by nothing but what the viewer may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.views import View
from services.console.model.seen import Seen
from services.console.timeline.figures import Carry, Holding, Link, Mark, Shape, Span

TIPS = "tips"
"""The lane of tips from the public; every other lane is a unit's and has its code."""
HIDDEN = "hidden"
"""The word of an entry of which the viewer may know that it is there, and not of what kind."""
_ACTING = ("claimed_by", "closed_by", "unit")


@dataclass(frozen=True, slots=True)
class Story:
    """The parts of a drawing before they are put into words: a mark's label is the word of its event.

    `lanes` holds every lane that marks, links and spans name, in the order of their first appearance, tips first.
    """

    lanes: tuple[str, ...]
    marks: tuple[Mark, ...]
    links: tuple[Link, ...]
    spans: tuple[Span, ...]


def story(seen: Sequence[Seen]) -> Story:
    """The story that these entries tell together."""
    told = sorted(seen, key=lambda one: one.order)
    marks = tuple(Mark(one.id, one.acttime, lane_of(one), _shape(one), word_of(one)) for one in told)
    claim = next((one for one in told if one.kind == "case.claimed"), None)
    closed = next((one.acttime for one in told if one.kind == "case.closed"), None)
    links = (*(link for one in told if one.grows for link in _sent(one, claim)), *_invited(claim))
    spans = (*_held(claim, closed), *_silent(links, closed))
    return Story(tuple(_lanes(marks, links)), marks, links, spans)


def lane_of(one: Seen) -> str:
    """The lane of an entry: of the tips, of the unit that acted or sent, or of the one that a pointer names."""
    if one.data.get("origin", {}).get("kind") == "tip":
        return TIPS
    acting = (one.data[field] for field in _ACTING if field in one.data)
    return next(acting, one.actor) or one.unit


def word_of(one: Seen) -> str:
    """What an entry is called, as a code: its kind, with what came in where it says that something did."""
    if not one.grows:
        return one.kind
    return f"{one.kind}.{one.data['origin']['kind']}" if "origin" in one.data else HIDDEN


def _shape(one: Seen) -> Shape:
    if one.view is View.POINTER:
        return Shape.POINTER
    return Shape.REFUSED if one.kind == "case.claim_lost" else Shape.DOT


def _sent(one: Seen, claim: Seen | None) -> Iterator[Link]:
    """What came in, on its way to the lead by the rule and to whoever claimed."""
    lead = one.data.get("route", {}).get("lead")
    if lead is None:
        return
    if claim is None:
        yield Link(one.acttime, lane_of(one), lead, Carry.ASKED)
        return
    holder, before = lane_of(claim), one.acttime < claim.acttime
    if before and holder != lead:
        yield Link(one.acttime, lane_of(one), lead, Carry.ASKED)
    # The claim answers the proposal; what joined in between was answered by nothing of its own.
    lands = claim.acttime if before and one.kind == "case.proposed" else None
    yield Link(one.acttime, lane_of(one), holder, Carry.GIVEN, lands)


def _invited(claim: Seen | None) -> list[Link]:
    if claim is None:
        return []
    giver = lane_of(claim)
    return [Link(claim.acttime, giver, unit, Carry.ASKED) for unit in claim.data.get("offered", ())]


def _held(claim: Seen | None, closed: datetime | None) -> list[Span]:
    return [Span(lane_of(claim), claim.acttime, closed, Holding.HOLD)] if claim else []


def _silent(links: Sequence[Link], closed: datetime | None) -> list[Span]:
    """Who was asked and has not answered, since it was first asked."""
    since: dict[str, datetime] = {}
    for link in links:
        if link.carry is Carry.ASKED and link.giver != link.taker:
            since[link.taker] = min(link.at, since.get(link.taker, link.at))
    return [Span(unit, at, closed, Holding.MUTE) for unit, at in since.items()]


def _lanes(marks: Sequence[Mark], links: Sequence[Link]) -> list[str]:
    named = [(mark.at, 0, mark.lane) for mark in marks] + [(link.at, 1, link.taker) for link in links]
    found = dict.fromkeys(lane for _, _, lane in sorted(named, key=lambda one: one[:2]))
    return sorted(found, key=lambda lane: lane != TIPS)
