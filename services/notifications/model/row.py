"""One row of a feed: an event as it travelled, sealed, with the numbers and the view of one unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from bus.message import Message
from bus.wire import decode
from schemas.envelope import Event
from schemas.views import View
from services.notifications.model.mention import Mention

COLUMNS = (
    "unit",
    "number",
    "case_number",
    "view",
    "event_id",
    "type",
    "subject",
    "related",
    "headers",
    "payload",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """What is kept for one unit of one event; nothing in it is opened."""

    id: int
    unit: str
    number: int
    case_number: int | None
    view: View
    event_id: str
    mention: Mention
    headers: Mapping[str, str]
    payload: bytes
    created_at: datetime

    @classmethod
    def of(cls, id_: int, values: Mapping[str, Any]) -> Self:
        """The row of these columns, as the driver reads them."""
        return cls(
            id=id_,
            unit=values["unit"],
            number=values["number"],
            case_number=values["case_number"],
            view=View.of(values["view"]),
            event_id=values["event_id"],
            mention=Mention(values["type"], values["subject"], values["related"]),
            headers=values["headers"],
            payload=values["payload"],
            created_at=values["created_at"],
        )

    def event(self) -> Event[Any]:
        """The sealed event. Raises what `bus.wire.decode` raises."""
        headers = tuple((name, value.encode()) for name, value in self.headers.items())
        return decode(Message("feed", str(self.mention.subject).encode(), self.payload, headers))
