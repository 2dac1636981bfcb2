"""Which cases a unit may see at all, and in which state: the list is read from this, cut before it is counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from schemas.views import View
from services.console.model.entry import Entry
from services.console.model.labels import Part, part
from services.console.model.roots import Roots


class State(IntEnum):
    """What has become of a case, as far as a viewer knows; it only ever rises."""

    PROPOSED = 0
    CLAIMED = 1
    CLOSED = 2

    @property
    def word(self) -> str:
        """The lower-case word of pages and addresses."""
        return self.name.lower()


_STATES: Mapping[str, State] = {
    "case.claimed": State.CLAIMED,
    # Who lost a claim has learned by it that the case is claimed.
    "case.claim_lost": State.CLAIMED,
    "case.closed": State.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Sight:
    """One unit's sight of one case: the state it knows, and when and at which change it last learned something."""

    unit: str
    case_id: UUID
    state: State
    touched: datetime
    change: int
    labels: frozenset[str] = frozenset()
    """What the list is filtered by, as far as this unit may see it; see `labels.py`."""

    def widened(self, other: "Sight") -> "Sight":
        """What both together tell; in which order they came makes no difference."""
        return Sight(
            self.unit,
            self.case_id,
            max(self.state, other.state),
            max(self.touched, other.touched),
            max(self.change, other.change),
            self.labels | other.labels,
        )

    @property
    def part(self) -> Part:
        """How the unit stands to the case."""
        return part(self.labels, self.unit)


def state_after(kind: str) -> State:
    """The state in which an event of this kind leaves a case."""
    return _STATES.get(kind, State.PROPOSED)


def sights(entries: Iterable[tuple[Entry, int]], roots: Mapping[UUID, Roots]) -> list[Sight]:
    """What these entries, each with its change number, show to whom; sorted by unit and case."""
    found: dict[tuple[str, UUID], Sight] = {}
    for entry, change in entries:
        for unit, view in _told(entry, roots.get(entry.case_id, Roots())):
            told = entry.labels.get(view, frozenset())
            one = Sight(unit, entry.case_id, state_after(entry.kind), entry.recordedtime, change, told)
            key = (unit, entry.case_id)
            found[key] = found[key].widened(one) if key in found else one
    return [found[key] for key in sorted(found)]


def _told(entry: Entry, roots: Roots) -> list[tuple[str, View]]:
    views = ((unit, roots.view(entry, unit)) for unit in entry.audience if "#" not in unit)
    return [(unit, view) for unit, view in views if view > View.NONE]
