"""What a service keeps parked, for its administrators: where, why and since when, and never the values.

Every service that consumes mounts `router(database)`; the answers are the same everywhere.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from bus.database import Database
from bus.errors import Refused
from bus.message import Record
from bus.parked import ParkedRecord, parked_counts, parked_record, parked_records
from schemas.problems import FORBIDDEN, MALFORMED, NOT_FOUND
from services import policy
from services.policy import Resource
from services.runtime.actors import CurrentActor

MAX_PAGE = 500
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
    nor its `key` where that may be a tip, or a case that grew from one.
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

    @classmethod
    def of(cls, parked: ParkedRecord) -> Self:
        """The row of a parked record, without its payload."""
        record = parked.record
        return cls(
            id=_id(parked),
            group=parked.group,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=_key(record),
            reason=parked.reason,
            error=parked.error,
            at=parked.parked_at,
        )


class ParkedDetail(ParkedRow):
    """The row with the names of its headers and the size of its sealed payload."""

    headers: list[str]
    payload_bytes: int


class ParkedPage(BaseModel):
    """Parked records in order of group, topic and place; `next` is the `after` of the next page."""

    parked: list[ParkedRow]
    counts: dict[str, int]
    """How many are parked in all, by reason."""
    next: str | None


def router(database: Database) -> APIRouter:
    """The two doors, over the parked events in the schema of this database."""
    found = APIRouter(prefix="/parked", tags=["parked"], dependencies=[Depends(_administrator)])

    @found.get("")
    async def page(
        reason: Annotated[str | None, Query(pattern=r"^[a-z-]{1,40}$")] = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    ) -> ParkedPage:
        async with database.autocommit() as raw:
            rows = await parked_records(raw, reason=reason, after=_place(after) if after else None, limit=limit)
            counts = await parked_counts(raw)
        more = _id(rows[-1]) if len(rows) == limit else None
        return ParkedPage(parked=[ParkedRow.of(row) for row in rows], counts=counts, next=more)

    @found.get("/{parked_id}")
    async def one(parked_id: str) -> ParkedDetail:
        place = _place(parked_id)
        async with database.autocommit() as raw:
            record = place.record
            row = await parked_record(raw, place.group, record.topic, record.partition, record.offset)
        if row is None:
            raise Refused(NOT_FOUND.problem())
        names = [name for name, _ in row.record.headers]
        size = len(row.record.value)
        return ParkedDetail(**ParkedRow.of(row).model_dump(), headers=names, payload_bytes=size)

    return found


async def _administrator(actor: CurrentActor) -> None:
    decision = policy.decide(actor, "directory.admin", Resource())
    if not decision.allowed:
        raise Refused(FORBIDDEN.problem(decision.vi, decision.en))


def _id(parked: ParkedRecord) -> str:
    record = parked.record
    place = _NUL.join((parked.group, record.topic, str(record.partition), str(record.offset)))
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(parked_id: str) -> ParkedRecord:
    """The place that an id names, as a record without content. Raises Refused for anything else."""
    try:
        text = urlsafe_b64decode(parked_id + "=" * (-len(parked_id) % 4)).decode()
        group, topic, partition, offset = text.split(_NUL)
        numbers = int(partition), int(offset)
    except ValueError as error:
        raise Refused(_MALFORMED_ID, "id") from error
    if not (0 <= numbers[0] < 2**31 and 0 <= numbers[1] < 2**63):
        raise Refused(_MALFORMED_ID, "id")
    record = Record(topic, None, b"", (), partition=numbers[0], offset=numbers[1], timestamp=0)
    return ParkedRecord(group, record, "", "", datetime.min)  # noqa: DTZ901 - a place has no time


def _key(record: Record) -> str | None:
    aggregates = record.topic.split(".")
    if record.key is None or "inbound" in aggregates or KEYS_TOLD.isdisjoint(aggregates):
        return None
    return record.key.decode("utf-8", "backslashreplace")
