"""Looking at what is parked: for people, who decide what becomes of it."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from bus.database import Raw
from bus.message import Record

_PLACE = "grp, topic, part, record_offset"
_LIST = f"""
select {_PLACE}, record_timestamp, msg_key, value, header_names, header_values, reason, error, parked_at
from parked_event where ($1::text is null or reason = $1) and ({_PLACE}) > ($2, $3, $4, $5)
order by {_PLACE} limit $6
"""  # noqa: S608 - built of constants
_SHOW = f"""
select {_PLACE}, record_timestamp, msg_key, value, header_names, header_values, reason, error, parked_at
from parked_event where ({_PLACE}) = ($1, $2, $3, $4)
"""  # noqa: S608 - the same
_COUNT = "select reason, count(*) as count from parked_event group by reason order by reason"


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A parked record as it came (sealed), for which group, why, and since when."""

    group: str
    record: Record
    reason: str
    error: str
    parked_at: datetime


async def parked_records(
    raw: Raw, *, reason: str | None = None, after: ParkedRecord | None = None, limit: int = 100
) -> list[ParkedRecord]:
    """A page of what is parked in this schema, by group, topic and place, from behind `after` on."""
    place = (
        (after.group, after.record.topic, after.record.partition, after.record.offset) if after else ("", "", -1, -1)
    )
    return [_parked(row) for row in await raw.fetch(_LIST, reason, *place, limit)]


async def parked_record(raw: Raw, group: str, topic: str, partition: int, offset: int) -> ParkedRecord | None:
    """One parked record; None if nothing is parked there."""
    row = await raw.fetchrow(_SHOW, group, topic, partition, offset)
    return None if row is None else _parked(row)


async def parked_counts(raw: Raw) -> dict[str, int]:
    """How many records are parked, by reason."""
    return {row["reason"]: row["count"] for row in await raw.fetch(_COUNT)}


def _parked(row: "asyncpg.Record") -> ParkedRecord:
    names = [name.decode("utf-8", "backslashreplace") for name in row["header_names"]]
    record = Record(
        row["topic"],
        row["msg_key"],
        row["value"],
        tuple(zip(names, row["header_values"], strict=True)),
        partition=row["part"],
        offset=row["record_offset"],
        timestamp=row["record_timestamp"],
    )
    return ParkedRecord(row["grp"], record, row["reason"], row["error"], row["parked_at"])
