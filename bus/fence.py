"""The offset row: where a group stands in a partition, and whose word counts about it.

Taking a partition raises the row's epoch; every batch moves the row as its first statement, naming the epoch it took
and the offset it expects. Zero rows mean that somebody else took over: nothing of that batch is kept. Which members
the broker believes in never matters for what is applied.
"""

from dataclasses import dataclass

from bus.broker import Partition
from bus.database import Raw
from bus.errors import Fenced, OffsetMoved
from bus.partition import partition_of

_TAKE = """
insert into consumer_offset as held
  (grp, topic, part, epoch, owner, cluster_id, topic_id, next_offset, first_offset)
select $1::text, $2::text, $3::int, 1, $4::text, $5::text, $6::text, start, start from (select coalesce((
  select first_offset from log_start where topic = $2 and part = $3 and cluster_id = $5 and topic_id = $6), 0) as start)
on conflict (grp, topic, part) do update set epoch = held.epoch + 1, owner = excluded.owner
returning next_offset, epoch, cluster_id, topic_id
"""
_ADVANCE = """
update consumer_offset set next_offset = $6
where grp = $1 and topic = $2 and part = $3 and epoch = $4 and next_offset = $5
"""
_STANDING = "select topic, part, epoch, next_offset from consumer_offset where grp = $1"
_APPLIED = "select aggregate from seen where grp = $1 and topic = $2 limit $3"
_ENOUGH = 10_000
"""Aggregates looked at: keys are spread at random, so that many leave no partition out."""
_EPOCH = "select epoch from consumer_offset where grp = $1 and topic = $2 and part = $3"


@dataclass(frozen=True, slots=True)
class Origin:
    """Which log an offset counts in: the cluster's id and the topic's."""

    cluster: str
    topic: str


@dataclass(frozen=True, slots=True)
class Grip:
    """A partition as it was taken: the epoch of this holder, the next offset, and the log that offset counts in."""

    epoch: int
    next_offset: int
    origin: Origin


async def take(raw: Raw, group: str, partition: Partition, owner: str, origin: Origin) -> Grip:
    """Take the partition over, whoever held it.

    A group that was never here starts at 0 of `origin`, or where that log was last accepted to begin (`log_start`).
    """
    row = await raw.fetchrow(_TAKE, group, *partition, owner, origin.cluster, origin.topic)
    return Grip(row["epoch"], row["next_offset"], Origin(row["cluster_id"], row["topic_id"]))


async def forgotten(raw: Raw, group: str, partition: Partition, partitions: int) -> bool:
    """Whether the row is missing though the group has applied events of this partition: it was lost, not never made.

    `partitions` is how many the topic has. Only topics with a sequence leave such a trace.
    """
    if await raw.fetchval(_EPOCH, group, *partition) is not None:
        return False
    rows = await raw.fetch(_APPLIED, group, partition.topic, _ENOUGH)
    return any(partition_of(str(row["aggregate"]).encode(), partitions) == partition.number for row in rows)


async def standing(raw: Raw, group: str) -> dict[Partition, tuple[int, int]]:
    """Epoch and next offset of each row of a group."""
    rows = await raw.fetch(_STANDING, group)
    return {Partition(row["topic"], row["part"]): (row["epoch"], row["next_offset"]) for row in rows}


async def advance(raw: Raw, group: str, partition: Partition, grip: Grip, to: int) -> None:
    """Move the row from `grip.next_offset` to `to`. If this holder may not, raises `Fenced`; then roll back.

    `OffsetMoved` if the epoch is still ours: an earlier batch was committed and the answer lost.
    """
    done = await raw.execute(_ADVANCE, group, *partition, grip.epoch, grip.next_offset, to)
    if done == "UPDATE 1":
        return
    raise OffsetMoved if await raw.fetchval(_EPOCH, group, *partition) == grip.epoch else Fenced
