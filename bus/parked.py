"""Looking at what is parked: for people, who decide what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import asyncpg

from bus.database import Raw
from bus.message import Record

PLACE = "grp, topic, part, record_offset"
COLUMNS = f"""{PLACE}, record_timestamp, msg_key, value, header_names, header_values, reason, error, parked_at,
sequence, attempts, tried_at"""
"""What `parked_of` needs of a row."""

_LIST = f"""
select {COLUMNS} from parked_event where ($1::text is null or reason = $1) and ({PLACE}) > ($2, $3, $4, $5)
order by {PLACE} limit $6
"""  # noqa: S608 - built of constants
_SHOW = f"select {COLUMNS} from parked_event where ({PLACE}) = ($1, $2, $3, $4)"  # noqa: S608 - the same
_COUNT = "select reason, count(*) as count from parked_event group by reason order by reason"


class ParkedAt(NamedTuple):
    """Where a parked event stands: for which group, and at which place in the log."""

    group: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A parked record as it came (sealed), for which group, why, and since when.

    `attempts` redrives of it have failed, the last one at `tried_at`; `sequence` as in `bus.parking.Parked`.
    """

    group: str
    record: Record
    reason: str
    error: str
    parked_at: datetime
    sequence: int | None = None
    attempts: int = 0
    tried_at: datetime | None = None

    @property
    def at(self) -> ParkedAt:
        """Its place."""
        return ParkedAt(self.group, self.record.topic, self.record.partition, self.record.offset)


async def parked_records(
    raw: Raw, *, reason: str | None = None, after: ParkedAt | None = None, limit: int = 100
) -> list[ParkedRecord]:
    """A page of what is parked in this schema, by group, topic and place, from behind `after` on."""
    place = after or ParkedAt("", "", -1, -1)
    return [parked_of(row) for row in await raw.fetch(_LIST, reason, *place, limit)]


async def parked_record(raw: Raw, at: ParkedAt) -> ParkedRecord | None:
    """One parked record; None if nothing is parked there."""
    row = await raw.fetchrow(_SHOW, *at)
    return None if row is None else parked_of(row)


async def parked_counts(raw: Raw) -> dict[str, int]:
    """How many records are parked, by reason."""
    return {row["reason"]: row["count"] for row in await raw.fetch(_COUNT)}


def parked_of(row: "asyncpg.Record") -> ParkedRecord:
    """The record of a row with `COLUMNS`."""
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
    told = (row["reason"], row["error"], row["parked_at"], row["sequence"], row["attempts"], row["tried_at"])
    return ParkedRecord(row["grp"], record, *told)
