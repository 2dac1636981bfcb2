"""What units may find of cases and tips: entries by event, and the rows of all that one unit may find. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from schemas.cut import cut
from schemas.envelope import Event
from schemas.events.tip import TipAdvised, TipEvent, TipForwarded, TipLinked, TipReceived, TipRefused
from schemas.views import View
from services.console.model.entry import origin_of
from services.console.model.roots import Roots
from services.console.model.terms import terms_of
from services.console.model.tokens import Tokens
from services.policy import view_today

CASE, TIP = "case", "tip"
STATES: Mapping[str, str] = MappingProxyType(
    {
        TipReceived.type_name(): "received",
        TipLinked.type_name(): "linked",
        TipRefused.type_name(): "refused",
        TipAdvised.type_name(): "advised",
        TipForwarded.type_name(): "forwarded",
    }
)
"""The state in which each event leaves its tip, in the words of `services/policy.py`."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A case or a tip. `origins` is what it grew from: of a tip the tip itself."""

    id: UUID
    aggregate: str
    origins: frozenset[UUID] = frozenset()
    number: str | None = None
    desk: str | None = None
    state: str | None = None
    sequence: int = 0
    """Of the event that told the state."""

    @classmethod
    def of(cls, event: Event[Any]) -> "Subject":
        """The subject as far as one event tells."""
        envelope, data = event.envelope, event.data
        id_, state = UUID(envelope.subject), STATES.get(envelope.type)
        if isinstance(data, TipEvent):
            told = (envelope.sequence or 0) if state else 0
            return cls(id_, TIP, frozenset({id_}), data.tip_no, data.desk, state, told)
        origin = origin_of(data)
        return cls(id_, CASE, frozenset({origin} if origin else ()))

    def with_(self, other: "Subject") -> "Subject":
        """What both tell; in which order they came makes no difference."""
        last = max(self, other, key=lambda one: one.sequence)
        return replace(last, origins=self.origins | other.origins)


@dataclass(frozen=True, slots=True)
class Findable:
    """What one unit may find of one event; `view` is the one it was cut by.

    `origin` is the tip or signal that the event brought into a case, or the tip that another was linked to.
    """

    subject: UUID
    event_id: str
    unit: str
    type: str
    view: View
    recorded: datetime
    origin: UUID | None
    tokens: frozenset[int]

    def today(self, roots: Roots, state: str | None) -> bool:
        """Whether the unit may see as much of the event now as it was cut by."""
        return view_today(self.view, self.type, state) >= self.view and not self.withheld(roots)

    def withheld(self, roots: Roots) -> bool:
        """Whether a hold on what it tells of, or on all that its subject grew from, keeps it from the unit."""
        return roots.withheld(self.origin, self.unit) or roots.withheld(None, self.unit)


@dataclass(frozen=True, slots=True)
class Row:
    """All that one unit may find a record by, and when the record last told it something."""

    unit: str
    subject: UUID
    aggregate: str
    touched: datetime
    tokens: frozenset[int]

    def with_(self, other: "Row") -> "Row":
        """What both together tell; in which order they came makes no difference."""
        return replace(self, touched=max(self.touched, other.touched), tokens=self.tokens | other.tokens)


def told_of(event: Event[Any]) -> UUID | None:
    """The other record that an event tells of, with which it is held: what a case grew by, what a tip was linked to."""
    return event.data.linked_to if isinstance(event.data, TipLinked) else origin_of(event.data)


def findable(event: Event[Any], state: str | None, tokens: Tokens) -> Iterator[Findable]:
    """What each unit of the audience may find of an opened event, each view cut once."""
    envelope, subject, origin = event.envelope, UUID(event.envelope.subject), told_of(event)
    views = {unit: view_today(view, envelope.type, state) for unit, view in event.audience.items() if "#" not in unit}
    terms = {view: terms_of(subject, cut(event, view, state=state)) for view in set(views.values()) if view > View.NONE}
    recorded = envelope.recordedtime or envelope.time
    for unit, view in views.items():
        if view in terms:
            found = tokens.of(unit, terms[view])
            yield Findable(subject, envelope.id, unit, envelope.type, view, recorded, origin, found)


def narrowed(kept: Findable, subject: Subject, tokens: Tokens) -> Findable:
    """The same event under the view of today where that is narrower: of a tip its number is left, and no content."""
    allowed = view_today(kept.view, kept.type, subject.state)
    if allowed >= kept.view:
        return kept
    told = {"tip_no": subject.number or ""} if allowed >= View.STATUS else {}
    return replace(kept, view=allowed, tokens=tokens.of(kept.unit, terms_of(subject.id, told)))


def rows(found: Iterable[Findable], subjects: Mapping[UUID, Subject]) -> list[Row]:
    """The rows that these entries make, sorted by unit and subject."""
    made: dict[tuple[str, UUID], Row] = {}
    for one in found:
        row = Row(one.unit, one.subject, subjects[one.subject].aggregate, one.recorded, one.tokens)
        key = (one.unit, one.subject)
        made[key] = made[key].with_(row) if key in made else row
    return [made[key] for key in sorted(made)]


def seen_today(
    found: Sequence[Findable], roots: Mapping[UUID, Roots], subjects: Mapping[UUID, Subject]
) -> list[Findable]:
    """Those of which the units may see today what they were cut by."""
    return [one for one in found if one.today(roots[one.subject], subjects[one.subject].state)]
