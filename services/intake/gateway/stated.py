"""What a message says of itself where it cannot be read as an event: enough to answer its sender."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from bus.message import Record
from schemas.envelope import EventId, Source, TypeName

UNREADABLE_TYPE = "unreadable"
_ID: TypeAdapter[str] = TypeAdapter(EventId)
_SOURCE: TypeAdapter[str] = TypeAdapter(Source)
_TYPE: TypeAdapter[str] = TypeAdapter(TypeName)


@dataclass(frozen=True, slots=True)
class Stated:
    """Source, id and type under which a message is answered."""

    source: str
    id: str
    type: str = UNREADABLE_TYPE

    @classmethod
    def of(cls, record: Record, unit: str) -> "Stated":
        """As the message states them; where id or source cannot be read, by its place in the unit's topic."""
        said = _attributes(record)
        source, id_ = _valid(_SOURCE, said.get("source")), _valid(_ID, said.get("id"))
        kind = _valid(_TYPE, said.get("type")) or UNREADABLE_TYPE
        if source is None or id_ is None:
            return cls(f"/units/{unit}/gateway", f"offset-{record.partition}-{record.offset}", kind)
        return cls(source, id_, kind)


def _attributes(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {
        name.lower().removeprefix("ce_"): (value or b"").decode(errors="replace") for name, value in record.headers
    }
    if "id" in found or "source" in found:
        return found
    try:
        body = from_json(record.value)
    except ValueError:
        return found
    return body if isinstance(body, dict) else found


def _valid(kind: TypeAdapter[str], value: Any) -> str | None:
    try:
        return kind.validate_python(value, strict=True)
    except ValidationError:
        return None
