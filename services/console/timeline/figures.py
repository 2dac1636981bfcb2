"""What is drawn: lanes, marks on them, hand-overs between them, ties, and spans of holding, tied up by ids of lanes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Shape(StrEnum):
    """How a mark looks. The order is the rank: of marks too close to tell apart the first shape here is shown."""

    MISSED = "miss"
    OVERLAP = "olap"
    DUE = "due"
    POINTER = "ptr"
    REFUSED = "refuse"
    DOT = "dot"

    @property
    def rank(self) -> int:
        """0 for what must be seen first."""
        return _RANKS[self]


_RANKS: Mapping[Shape, int] = MappingProxyType({shape: rank for rank, shape in enumerate(Shape)})


class Carry(StrEnum):
    """A hand-over: accepted, sent and not yet accepted, or sent back."""

    GIVEN = "give"
    ASKED = "ask"
    RETURNED = "back"


class Holding(StrEnum):
    """What a unit does over a time: it leads, it works, or it was told and has not answered."""

    HOLD = "hold"
    PART = "part"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class Lane:
    """One agency's line; `hue` is the class of its colour, `full` its whole name, `second` its position or number."""

    id: str
    hue: str
    name: str
    second: str = ""
    full: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One event on its lane. An empty label leaves the mark without words beside it."""

    id: str
    at: datetime
    lane: str
    shape: Shape
    label: str


@dataclass(frozen=True, slots=True)
class Link:
    """A hand-over from one lane to another; `lands` is when it was answered, None while it was not."""

    at: datetime
    giver: str
    taker: str
    carry: Carry
    lands: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """An overlap found at a moment between two lanes."""

    at: datetime
    between: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """What a lane did from `start` to `end`, or to now where that is None."""

    lane: str
    start: datetime
    end: datetime | None
    holding: Holding


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything of one drawing. Every mark, link, tie and span names lanes that are here."""

    lanes: Sequence[Lane]
    marks: Sequence[Mark] = ()
    links: Sequence[Link] = ()
    ties: Sequence[Tie] = ()
    spans: Sequence[Span] = ()
