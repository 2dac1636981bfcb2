"""The line of a parked key: what stands in it, in the order in which it may be carried out, locked for a transaction.

`parked_key … for update` waits for every batch that reads the key `for key share`, and keeps the next from reading it:
while a line is held, nothing is added to it, and once its key is released the next record of it is not held back.
"""

from dataclasses import dataclass

from bus.database import Raw
from bus.parked import COLUMNS, ParkedAt, ParkedRecord, parked_of, parked_record
from bus.parking import Parked

_HOLD_KEY = "select true from parked_key where grp = $1 and topic = $2 and msg_key = $3 for update"
_HOLD_EVENT = """
select true from parked_event where (grp, topic, part, record_offset) = ($1, $2, $3, $4) for update
"""
# By sequence where it is known: what was missing may have come after what waits for it. A record that cannot be read
# might be any, so nothing behind it goes before it.
_NEXT = f"""
with barrier as (
  select min(record_offset) as place from parked_event
  where grp = $1 and topic = $2 and msg_key = $3 and sequence is null)
select {COLUMNS} from parked_event, barrier
where grp = $1 and topic = $2 and msg_key = $3 and (barrier.place is null or record_offset <= barrier.place)
order by sequence nulls last, record_offset limit $4
"""  # noqa: S608 - built of constants
_WAITING = "select count(*) from parked_event where grp = $1 and topic = $2 and msg_key = $3"
_TAKE = "delete from parked_event where (grp, topic, part, record_offset) = ($1, $2, $3, $4)"
_FAILED = """
update parked_event set reason = $5, error = $6, sequence = coalesce($7, sequence),
  attempts = attempts + 1, tried_at = clock_timestamp()
where (grp, topic, part, record_offset) = ($1, $2, $3, $4)
"""
_RELEASE = """
delete from parked_key where grp = $1 and topic = $2 and msg_key = $3
and not exists (select from parked_event where grp = $1 and topic = $2 and msg_key = $3)
"""


@dataclass(frozen=True, slots=True)
class Line:
    """What is parked of one key; `key` None is an event that was parked alone and holds nothing back."""

    at: ParkedAt
    key: bytes | None

    @classmethod
    async def hold(cls, raw: Raw, at: ParkedAt) -> "Line | None":
        """The line in which an event stands, locked until the transaction ends; None if nothing is parked there."""
        found = await parked_record(raw, at)
        if found is None:
            return None
        key = found.record.key
        if key is not None and await raw.fetchval(_HOLD_KEY, at.group, at.topic, key):
            return cls(at, key)
        return cls(at, None) if await raw.fetchval(_HOLD_EVENT, *at) else None

    async def next(self, raw: Raw, limit: int) -> list[ParkedRecord]:
        """The first of the line, in order: at most `limit`, and none behind one whose place is not known."""
        if self.key is None:
            found = await parked_record(raw, self.at)
            return [] if found is None else [found]
        rows = await raw.fetch(_NEXT, self.at.group, self.at.topic, self.key, limit)
        return [parked_of(row) for row in rows]

    async def waiting(self, raw: Raw) -> int:
        """How many stand in the line."""
        if self.key is None:
            return len(await self.next(raw, 1))
        count: int = await raw.fetchval(_WAITING, self.at.group, self.at.topic, self.key)
        return count

    async def take(self, raw: Raw, one: ParkedRecord) -> None:
        """Take an event out of the line; the key is held no longer once nothing of it is left."""
        await raw.execute(_TAKE, *one.at)
        if self.key is not None:
            await raw.execute(_RELEASE, self.at.group, self.at.topic, self.key)

    async def keep(self, raw: Raw, one: ParkedRecord, why: Parked) -> None:
        """Leave an event where it stands, for this reason now, with one failed attempt more."""
        await raw.execute(_FAILED, *one.at, why.reason, why.error, why.sequence)
