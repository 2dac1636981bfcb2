"""What a unit's system sends on its topic, right and wrong."""

import json
from typing import Any

from builders import example
from bus.message import Record
from schemas.commands import CaseClaim, SignalSubmit
from schemas.envelope import Payload
from schemas.messages import CommandData

UNIT = "customs-hq"
STRUCTURED = (("content-type", b"application/cloudevents+json"),)
DOORS_OWN = {"sealed", "personal", "erased", "signal_id"}


def said(data: Payload) -> dict[str, Any]:
    """The data as a sender writes them."""
    found: dict[str, Any] = data.model_dump(mode="json", exclude=DOORS_OWN, exclude_none=True)
    return found


def body(command: CommandData | None = None, /, **changes: Any) -> dict[str, Any]:
    """One structured event with only what is required; a change to None leaves the attribute out."""
    order = command or example(SignalSubmit)
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": "decl-41256141",
        "source": f"/units/{UNIT}/risk-engine",
        "type": order.type_name(),
        "time": "2026-11-23T07:32:00Z",
        "data": said(order),
    }
    return {name: value for name, value in {**attributes, **changes}.items() if value is not None}


def sent(content: dict[str, Any] | bytes, offset: int = 0, topic: str = f"from.{UNIT}") -> Record:
    """A structured record in its place in the unit's topic."""
    value = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Record(topic, None, value, STRUCTURED, partition=0, offset=offset, timestamp=0)


def binary(command: CommandData | None = None, /, *, offset: int = 0, **changes: Any) -> Record:
    """The same event in binary mode."""
    attributes = body(command, **changes)
    value = json.dumps(attributes.pop("data")).encode()
    headers = tuple((f"ce_{name}", str(text).encode()) for name, text in attributes.items())
    content_type = ("content-type", b"application/json")
    return Record(f"from.{UNIT}", None, value, (*headers, content_type), partition=0, offset=offset, timestamp=0)


def signals(count: int) -> list[Record]:
    """So many signals, each under its own id."""
    return [sent(body(example(SignalSubmit, reference=f"{n}"), id=f"decl-{n}"), offset=n) for n in range(count)]


def claim(**changes: Any) -> Record:
    """A claim of a case."""
    return sent(body(example(CaseClaim), **({"id": "claim-1"} | changes)))
