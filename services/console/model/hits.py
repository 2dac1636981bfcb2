"""What a search found, as a unit may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from schemas.views import View
from services.console.model.board import Place
from services.console.model.findable import STATES, Findable, Subject
from services.console.model.sheet import Sheet


@dataclass(frozen=True, slots=True)
class CaseHit:
    """A case, as a row of the list shows it; `touched` is when it last told the unit something."""

    sheet: Sheet
    touched: datetime

    @property
    def id(self) -> UUID:
        """The case."""
        return self.sheet.case_id

    def document(self) -> dict[str, Any]:
        """As JSON types."""
        return {"type": "case", **self.sheet.row(), "last_change": self.touched.isoformat()}


@dataclass(frozen=True, slots=True)
class TipHit:
    """A tip. `number`, `desk` and `state` are None where the unit sees a pointer; `case` where it may see none."""

    id: UUID
    touched: datetime
    since: datetime
    """When the unit first learned of it."""
    view: View
    number: str | None = None
    desk: str | None = None
    state: str | None = None
    case: UUID | None = None

    def within(self, case: UUID | None) -> "TipHit":
        """The same with the case that it became."""
        return replace(self, case=case)

    def document(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "type": "tip",
            "id": str(self.id),
            "tip_no": self.number,
            "state": self.state,
            "desk": self.desk,
            "view": self.view.word,
            "since": self.since.isoformat(),
            "last_change": self.touched.isoformat(),
            "case_id": str(self.case) if self.case else None,
        }


Hit = CaseHit | TipHit


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, the last touched first; `next` is where the following page begins, if there may be one."""

    hits: Sequence[Hit]
    next: Place | None = None

    @property
    def cases(self) -> list[Sheet]:
        """The heads of the cases among them."""
        return [hit.sheet for hit in self.hits if isinstance(hit, CaseHit)]


def tip_hit(subject: Subject, entries: Iterable[Findable]) -> TipHit:
    """A tip as the entries tell it that a unit may see, of which there is at least one."""
    told = sorted(entries, key=lambda one: (one.recorded, one.event_id))
    view = max(one.view for one in told)
    named = view > View.POINTER
    return TipHit(
        id=subject.id,
        touched=told[-1].recorded,
        since=told[0].recorded,
        view=view,
        number=subject.number if named else None,
        desk=subject.desk if named else None,
        state=_state(told, subject) if named else None,
    )


def _state(told: Sequence[Findable], subject: Subject) -> str | None:
    """What the status of a tip says, or else the last of its events that the unit sees."""
    if any(one.view is View.STATUS for one in told):
        return subject.state
    return next((STATES[one.type] for one in reversed(told) if one.type in STATES), None)
