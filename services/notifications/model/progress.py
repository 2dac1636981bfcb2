"""How far tips have come, as far as their events tell, and what that leaves of the views of their rows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from schemas.envelope import Event
from schemas.events.tip import TipAdvised, TipForwarded, TipLinked, TipRefused
from schemas.messages import EventData
from services.notifications.model.row import FeedRow
from services.policy import NARROWINGS, view_today

STATES: Mapping[type[EventData], str] = MappingProxyType(
    {TipLinked: "linked", TipRefused: "refused", TipAdvised: "advised", TipForwarded: "forwarded"}
)
"""The state in which each event leaves its tip. A hold is none of them: it is a denial, and takes everything."""

_NARROWED = frozenset(row.type for row in NARROWINGS)


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a tip after the event of this sequence."""

    tip: UUID
    state: str
    sequence: int


def progressed(events: Iterable[Event[Any]]) -> list[Progress]:
    """The last state of each tip among the events, in an order that every writer shares."""
    last: dict[UUID, Progress] = {}
    for event in events:
        state, sequence = STATES.get(type(event.data)), event.envelope.sequence or 0
        tip = UUID(event.envelope.subject)
        if state is not None and (tip not in last or last[tip].sequence < sequence):
            last[tip] = Progress(tip, state, sequence)
    return [last[tip] for tip in sorted(last)]


def narrowable(rows: Iterable[FeedRow]) -> set[UUID]:
    """The records on whose state the view of some of these rows depends."""
    return {row.mention.subject for row in rows if row.mention.type in _NARROWED}


def narrowed(rows: Sequence[FeedRow], states: Mapping[UUID, str]) -> list[FeedRow]:
    """The rows with the view of today in place of the one at publication, which may be wider and is never narrower."""
    return [replace(row, view=view_today(row.view, row.mention.type, states.get(row.mention.subject))) for row in rows]
