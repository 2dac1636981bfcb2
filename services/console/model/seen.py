"""One entry as one viewer sees it: cut, and opened where the view is full."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.views import View

GROWTH = ("case.proposed", "case.signal_added")
"""The kinds of events by which a case grows."""
_OPENED = ("personal", "erased")
BY_RULE = "phoihop"
"""The unit in the source of facts that a rule made."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`data` is what `schemas.cut.cut` leaves of the event for this view; `unit` the one that acted, if it was one.

    `acttime` is what `placed_at` gave for this view: of a pointer the entry never holds when it happened.
    """

    id: str
    kind: str
    view: View
    unit: str
    acttime: datetime
    recordedtime: datetime
    change: int
    data: Mapping[str, Any]

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """The place in the display."""
        return (self.acttime, self.recordedtime, self.id)

    @property
    def grows(self) -> bool:
        """Whether a tip or a signal came in by this."""
        return self.kind in GROWTH

    @property
    def actor(self) -> str | None:
        """The unit to name beside the entry: who acted, who sent what came in, or whom a pointer names."""
        if self.view is View.POINTER:
            return self.data.get("holder")
        if self.unit != BY_RULE:
            return self.unit
        sender: str | None = self.data.get("origin", {}).get("sender")
        return sender

    def document(self) -> dict[str, Any]:
        """As JSON types, for the twins of the pages. A pointer has no `acttime`."""
        happened = {} if self.view is View.POINTER else {"acttime": self.acttime.isoformat()}
        return {
            "id": self.id,
            "type": self.kind,
            "view": self.view.word,
            "unit": self.actor,
            **happened,
            "recordedtime": self.recordedtime.isoformat(),
            "data": dict(self.data),
        }


def placed_at(view: View, acttime: datetime, recordedtime: datetime) -> datetime:
    """The moment at which an entry stands in lists and drawings: of a pointer when the bus was told, else the act."""
    return recordedtime if view is View.POINTER else acttime


def tidied(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A cut without the empty places of personal values that the event never had."""
    return {name: value for name, value in data.items() if value or name not in _OPENED}
