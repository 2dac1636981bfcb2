"""A feed event as its unit gets it: cut to the view, numbered, and without what stays inside. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_json

from bus.message import Message
from bus.wire import encode, encode_structured
from schemas.cut import cut, outward, schema_name
from schemas.envelope import Envelope, Event, Payload
from schemas.events.feed import FeedWithdrawn
from schemas.views import View
from services.notifications.model.row import FeedRow

SOURCE = "/units/phoihop/notifications"
_EMPTY = Payload()
_OPENED = ("personal", "erased")


@dataclass(frozen=True, slots=True)
class Shown:
    """Envelope and data for one unit. `withdrawn` says that only the number is left."""

    row: FeedRow
    envelope: Envelope
    data: Mapping[str, Any]
    withdrawn: bool = False

    def message(self, topic: str) -> Message:
        """As a binary CloudEvent for the unit's topic."""
        return replace(encode(Event(self.envelope, _EMPTY), topic), value=to_json(self.data))

    def structured(self) -> dict[str, Any]:
        """As a CloudEvent in the JSON format, for HTTP."""
        return {**encode_structured(Event(self.envelope, _EMPTY)), "data": self.data}


def show(row: FeedRow, event: Event[Any], data: Mapping[str, Any]) -> Shown:
    """The event under the numbers of this row; `data` is what `visible` gave for the row's view."""
    schema = schema_name(type(event.data), row.view)
    return Shown(row, outward(event.envelope, row.view, schema, row.number, row.case_number), data)


def visible(event: Event[Any], view: View, contact: str | None, state: str | None = None) -> Mapping[str, Any]:
    """The cut of an event, opened where the view is full, without the places of personal values that it lacks."""
    data = cut(event, view, contact, state)
    return {name: value for name, value in data.items() if value or name not in _OPENED}


def withdrawn(row: FeedRow) -> Shown:
    """The placeholder: its number and when that was given, and nothing of the event that stood there."""
    envelope = Envelope(
        id=f"withdrawn:{row.unit}:{row.number}",
        source=SOURCE,
        type=FeedWithdrawn.type_name(),
        time=row.created_at,
        dataschema=schema_name(FeedWithdrawn, View.FULL),
        feednumber=row.number,
    )
    return Shown(row, envelope, {}, withdrawn=True)
