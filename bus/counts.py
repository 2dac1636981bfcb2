"""What became of records: counted in memory for the process, and beside the offset row for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from bus.broker import Partition
from bus.database import Raw

# One statement for both, so that counting costs a batch no round trip of its own.
_SETTLE = """
with moved as (
  insert into seen as known (grp, topic, aggregate, last_sequence)
  select $1, $2, * from unnest($4::uuid[], $5::bigint[])
  on conflict (grp, topic, aggregate) do update set last_sequence = excluded.last_sequence
  where known.last_sequence < excluded.last_sequence)
update consumer_offset
set applied = applied + $6, skipped = skipped + $7, parked = parked + $8, void = void + $9
where grp = $1 and topic = $2 and part = $3
"""


@dataclass(slots=True)
class Counts:
    """What became of records, counted once their transaction is committed: consumed = applied + skipped + parked."""

    consumed: int = 0
    applied: int = 0
    skipped: int = 0
    parked: int = 0

    def add(self, other: "Counts") -> None:
        """Count these too."""
        self.consumed += other.consumed
        self.applied += other.applied
        self.skipped += other.skipped
        self.parked += other.parked


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a batch left to be kept: outcomes, the last sequences applied, and how many offsets it passed in all."""

    counts: Counts
    moved: Mapping[UUID, int]
    passed: int

    async def save(self, raw: Raw, group: str, partition: Partition) -> None:
        """Keep it, in the transaction that moved the offset row."""
        counts = self.counts
        numbers = (counts.applied, counts.skipped, counts.parked, self.passed - counts.consumed)
        await raw.execute(_SETTLE, group, *partition, list(self.moved), list(self.moved.values()), *numbers)
