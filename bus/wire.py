"""CloudEvents on Kafka, mapped by hand because it is the hot path; a property test holds it equal to the SDK.

Binary mode out (attributes in `ce_` headers, data as the value), binary and structured in.
"""

from datetime import datetime
from typing import Any

from pydantic_core import to_json

from bus.errors import EventTooLarge
from bus.frame import frame
from bus.message import Message, Record, Trust
from schemas.envelope import MAX_EVENT_BYTES, Envelope, Event, Payload
from schemas.messages import CommandData
from schemas.views import View

__all__ = ["Message", "Record", "Trust", "as_it_came", "decode", "encode", "encode_structured"]

_NAMES = tuple(name for name in Envelope.model_fields if name != "datacontenttype")


def decode(message: Message, trust: Trust = Trust.LOG) -> Event[Any]:
    """The event that a message carries. Raises `Undecodable`, `UnknownType` or `UnknownMajor`."""
    return frame(message, trust).event()


def encode(event: Event[Any], topic: str, *, opened: bool = False) -> Message:
    """The event as a binary message for `topic`, keyed by its subject (a command by what it addresses, else its id).

    `audience` and `actor` go beside it in headers. Raises ValueError if `data.personal` would travel in clear on any
    topic but a unit's feed (`opened`) or the audience holds `status`, and `EventTooLarge` beyond 64 KiB.
    """
    if View.STATUS in event.audience.values():
        raise ValueError("an audience grants no view `status`: it is given at reading alone")
    if event.data.personal and not opened:
        raise ValueError("data.personal must be sealed before it is published")
    headers = [("content-type", event.envelope.datacontenttype.encode())]
    headers += [(f"ce_{name}", value.encode()) for name, value in _attributes(event.envelope).items()]
    if event.audience:
        headers.append(("audience", to_json({unit: view.word for unit, view in event.audience.items()})))
    if event.actor is not None:
        headers.append(("actor", event.actor.encode()))
    value = event.data.model_dump_json(exclude=_empty(event.data), exclude_none=True).encode()
    if len(value) > MAX_EVENT_BYTES:
        raise EventTooLarge(f"{event.envelope.type} of {len(value)} bytes: at most {MAX_EVENT_BYTES}, more by dataref")
    return Message(topic, _key(event).encode(), value, tuple(headers))


def as_it_came(event: Event[Any], topic: str) -> Message:
    """The message that the event was read from, for who passes it on or keeps it; encoded anew where there is none.

    Raises what `encode` raises.
    """
    if event.carried is None:
        return encode(event, topic)
    return Message(topic, _key(event).encode(), event.carried.value, event.carried.headers)


def encode_structured(event: Event[Any]) -> dict[str, Any]:
    """The event as one JSON object (CloudEvents JSON format), for HTTP. Counting numbers of the feed are numbers."""
    envelope = event.envelope
    counted = {name: getattr(envelope, name) for name in ("feednumber", "casenumber")}
    return {
        **_attributes(envelope),
        **{name: number for name, number in counted.items() if number is not None},
        "datacontenttype": envelope.datacontenttype,
        "data": event.data.model_dump(mode="json", exclude=_empty(event.data), exclude_none=True),
    }


def _key(event: Event[Any]) -> str:
    if isinstance(event.data, CommandData):
        return event.data.addressed() or event.envelope.id
    return event.envelope.subject or event.envelope.id


def _empty(data: Payload) -> set[str]:
    return {name for name in ("sealed", "personal", "erased") if not getattr(data, name)}


def _attributes(envelope: Envelope) -> dict[str, str]:
    found = {name: getattr(envelope, name) for name in _NAMES}
    return {name: _text(name, value) for name, value in found.items() if value is not None}


def _text(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return f"{value:020d}" if name == "sequence" else str(value)
