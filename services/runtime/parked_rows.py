"""How parked events and the acts on them are shown to administrators: where and why, never the values."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from bus.errors import Refused
from bus.message import Record
from bus.parked import ParkedAt, ParkedRecord
from bus.parked_acts import ParkedAct
from schemas.problems import MALFORMED

KEYS_TOLD = frozenset({"signal", "command"})
"""Aggregates whose ids lead to nothing that can be withdrawn; a key of any other topic may be that of a held tip."""
_NUL = "\0"
_MALFORMED_ID = MALFORMED.problem(
    "Mã sự kiện tạm giữ không đúng; hãy lấy từ GET /parked.",
    "This is no id of a parked event: take one of GET /parked.",
)


class ParkedRow(BaseModel):
    """One record that could not be handled. `error` names fields and places, no values and no ids.

    Administrators stand outside the integrity route. So neither its type is told, which may be that of a withdrawal,
    nor its `key` where that may be a tip, or a case that grew from one. `attempts` redrives of it failed.
    """

    id: str
    group: str
    topic: str
    partition: int
    offset: int
    key: str | None
    reason: str
    error: str
    at: datetime
    attempts: int
    tried_at: datetime | None

    @classmethod
    def of(cls, parked: ParkedRecord) -> Self:
        """The row of a parked record, without its payload."""
        record = parked.record
        return cls(
            id=id_of(parked.at),
            group=parked.group,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=_key(record),
            reason=parked.reason,
            error=parked.error,
            at=parked.parked_at,
            attempts=parked.attempts,
            tried_at=parked.tried_at,
        )


class ActRow(BaseModel):
    """One act on one parked event: who, when, where, what came of it. It names no key and no type, for good."""

    id: int
    at: datetime
    act: str
    outcome: str
    parked: str
    group: str
    topic: str
    partition: int
    offset: int
    person: str
    unit: str
    reason: str | None
    error: str | None

    @classmethod
    def of(cls, act: ParkedAct) -> Self:
        """The row of an act."""
        place = act.noted.at
        return cls(
            id=act.id,
            at=act.when,
            act=act.noted.act,
            outcome=act.noted.fate,
            parked=id_of(place),
            group=place.group,
            topic=place.topic,
            partition=place.partition,
            offset=place.offset,
            person=act.who.person,
            unit=act.who.unit,
            reason=act.noted.reason,
            error=act.noted.error,
        )


def id_of(at: ParkedAt) -> str:
    """The id of a parked event, from which `place_of` finds its place."""
    place = _NUL.join((at.group, at.topic, str(at.partition), str(at.offset)))
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(parked_id: str) -> ParkedAt:
    """The place that an id names. Raises Refused for anything else."""
    try:
        text = urlsafe_b64decode(parked_id + "=" * (-len(parked_id) % 4)).decode()
        group, topic, partition, offset = text.split(_NUL)
        at = ParkedAt(group, topic, int(partition), int(offset))
    except ValueError as error:
        raise Refused(_MALFORMED_ID, "id") from error
    if not (0 <= at.partition < 2**31 and 0 <= at.offset < 2**63):
        raise Refused(_MALFORMED_ID, "id")
    return at


def lasting(topic: str) -> bool:
    """Whether nothing on this topic ever takes back what stood before it."""
    parts = topic.split(".")
    return "inbound" in parts or "from" in parts or not KEYS_TOLD.isdisjoint(parts)


def _key(record: Record) -> str | None:
    aggregates = record.topic.split(".")
    if record.key is None or "inbound" in aggregates or KEYS_TOLD.isdisjoint(aggregates):
        return None
    return record.key.decode("utf-8", "backslashreplace")
