"""Parking: a record that cannot be handled is kept as it came, and its key waits behind it so that order holds."""

import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bus.database import Raw
from bus.errors import BusError
from bus.message import Record

BEHIND = "behind"
"""The reason of a record that is sound itself and waits behind an earlier one of its key."""

_HELD = "select msg_key from parked_key where grp = $1 and topic = $2 and msg_key = any($3) for key share"
_EVENTS = """
insert into parked_event (grp, topic, part, record_offset, record_timestamp, msg_key, value,
                          header_names, header_values, reason, error, sequence)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_KEYS = """
insert into parked_key (grp, topic, msg_key, since_offset)
select $1, $2, * from unnest($3::bytea[], $4::bigint[])
on conflict (grp, topic, msg_key) do nothing
"""


@dataclass(frozen=True, slots=True)
class Parked:
    """A record and why it is parked: `reason` is one word for counting, `error` says it to a person.

    `key` False parks the record alone. `sequence` is its place in the order of its aggregate, None where that cannot
    be read or there is none.
    """

    record: Record
    reason: str
    error: str
    key: bool = True
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Parking:
    """What one group has parked of one topic."""

    group: str
    topic: str

    async def held(self, raw: Raw, keys: Collection[bytes]) -> set[bytes]:
        """Those of `keys` that are parked; they stay so until this transaction ends."""
        rows = await raw.fetch(_HELD, self.group, self.topic, list(keys)) if keys else ()
        return {row["msg_key"] for row in rows}

    async def park(self, raw: Raw, parked: Sequence[Parked]) -> None:
        """Keep these records, and hold their keys."""
        if not parked:
            return
        await raw.executemany(_EVENTS, [(self.group, self.topic, *_row(one)) for one in parked])
        first: dict[bytes, int] = {}
        for one in parked:
            if one.key and one.record.key is not None:
                first.setdefault(one.record.key, one.record.offset)
        if first:
            await raw.execute(_KEYS, self.group, self.topic, list(first), list(first.values()))


def because(record: Record, error: Exception, *, key: bool = True, sequence: int | None = None) -> Parked:
    """The record, parked for this error.

    Our own errors speak for themselves. Of any other only the type and the place are kept: its text may quote
    personal values.
    """
    if isinstance(error, BusError):
        return Parked(record, _word(error), str(error), key, sequence)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename and frame.filename.endswith(".py")]
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return Parked(record, "handler", f"{type(error).__name__}{where}", key, sequence)


def behind(record: Record, sequence: int | None = None) -> Parked:
    """The record, parked because an earlier one of its key is."""
    return Parked(record, BEHIND, "an earlier record of this key is parked", sequence=sequence)


def _word(error: BusError) -> str:
    """`UnknownMajor` is counted as `unknown-major`."""
    name = type(error).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def _row(parked: Parked) -> tuple[object, ...]:
    record = parked.record
    names = [name.encode() for name, _ in record.headers]
    values = [value for _, value in record.headers]
    place = (record.partition, record.offset, record.timestamp)
    return (*place, record.key, record.value, names, values, parked.reason, parked.error, parked.sequence)
