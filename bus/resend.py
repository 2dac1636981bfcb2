"""What is asked to be published again from an outbox and its archive, as rows that say how far it has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from bus.archive import settled
from bus.broker import LogPlace
from bus.database import Database, Raw, json_text
from bus.errors import Fenced
from bus.outbox import Row

WINDOW = 20_000
"""Ids looked at by one statement at most: of an outbox of several topics, or of one aggregate, few rows may count."""

_ASK = """
insert into outbox_resend (topic, from_id, to_id, since, until, aggregate_id, rate, reason, actor, position)
values ($1, $2::bigint, $3, $4, $5, $6, $7, $8, $9, $2::bigint - 1)
on conflict (topic) where finished_at is null do nothing returning *
"""
_OPEN = "select * from outbox_resend where finished_at is null order by id"
_ALL = "select * from outbox_resend order by id desc limit $1"
_FENCE = "exists (select from outbox_cursor where outbox = 'outbox' and epoch = $2)"
_START = f"""
update outbox_resend set started_at = coalesce(started_at, clock_timestamp()), cluster_id = coalesce(cluster_id, $3),
  topic_id = coalesce(topic_id, $4), starts = coalesce(starts, $5::jsonb)
where id = $1 and {_FENCE} returning *
"""  # noqa: S608 - built of constants
_MOVE = f"""
update outbox_resend set position = $3, sent = $4, finished_at = case when $5 then clock_timestamp() end
where id = $1 and {_FENCE} returning id
"""  # noqa: S608 - as above
_READ = """
select id, topic, msg_key, headers, payload from (select * from outbox_archive union all select * from outbox) as o
where id > $1 and id <= $2 and topic = $3 and ($4::uuid is null or aggregate_id = $4)
  and ($5::timestamptz is null or created_at >= $5) and ($6::timestamptz is null or created_at < $6)
order by id limit $7
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events: of one topic, by ids of the outbox (`to_id` None: up to the present), by time, of one aggregate.

    `rate` is events a second at most.
    """

    topic: str
    from_id: int = 1
    to_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    aggregate: UUID | None = None
    rate: int = 5_000

    @property
    def onward(self) -> bool:
        """Whether everything from `from_id` on is meant, so that the topic goes on from there in order."""
        return (self.to_id, self.since, self.until, self.aggregate) == (None, None, None, None)


@dataclass(frozen=True, slots=True)
class Resend:
    """One resend: what is wanted, the log as it stood when it began, and the last id that is published again."""

    id: UUID
    wanted: Wanted
    started_at: datetime | None
    finished_at: datetime | None
    place: LogPlace | None
    position: int
    sent: int
    reason: str
    actor: Mapping[str, Any]
    asked_at: datetime

    @property
    def starts(self) -> Mapping[int, int]:
        """By partition, the offset at which the log ended when this began: what it published stands from there on."""
        return self.place.ends if self.place else {}

    @property
    def whole(self) -> bool:
        """Whether it publishes all that this owner ever said on the topic."""
        return self.wanted.onward and self.wanted.from_id == 1


class Chunk(NamedTuple):
    """Rows to publish again, and the id up to which none is left then."""

    rows: Sequence[Row]
    position: int


async def ask(raw: Raw, wanted: Wanted, reason: str, actor: Mapping[str, Any]) -> Resend | None:
    """Ask the relay for it; None where something of this topic is being published again already."""
    row = await raw.fetchrow(
        _ASK,
        wanted.topic,
        wanted.from_id,
        wanted.to_id,
        wanted.since,
        wanted.until,
        wanted.aggregate,
        wanted.rate,
        reason,
        json_text(dict(actor)),
    )
    return None if row is None else _resend(row)


async def resends(raw: Raw, limit: int) -> list[Resend]:
    """The latest, newest first."""
    return [_resend(row) for row in await raw.fetch(_ALL, limit)]


async def unfinished(raw: Raw) -> list[Resend]:
    """What is still to be published, oldest first."""
    return [_resend(row) for row in await raw.fetch(_OPEN)]


async def begin(raw: Raw, resend: Resend, place: LogPlace, epoch: int) -> Resend:
    """Note where the log ends, unless that was noted before. Raises `Fenced`."""
    starts = json_text({str(number): end for number, end in place.ends.items()})
    row = await raw.fetchrow(_START, resend.id, epoch, place.cluster, place.topic, starts)
    if row is None:
        raise Fenced("another relay took outbox")
    return _resend(row)


async def move(raw: Raw, resend: Resend, epoch: int, *, finished: bool) -> None:
    """Keep how far it has come. Raises `Fenced`."""
    if await raw.fetchval(_MOVE, resend.id, epoch, resend.position, resend.sent, finished) is None:
        raise Fenced("another relay took outbox")


async def read(database: Database, resend: Resend, limit: int, rows: int) -> Chunk | None:
    """What comes next, up to the id `limit`; None while partitions are on their way to the archive."""
    wanted, beyond = resend.wanted, min(resend.position + WINDOW, limit)
    async with database.transaction() as transaction:
        if not await settled(transaction.raw):
            return None
        found = await transaction.raw.fetch(
            _READ, resend.position, beyond, wanted.topic, wanted.aggregate, wanted.since, wanted.until, rows
        )
    taken = [Row(row["id"], dict(row)) for row in found]
    return Chunk(taken, taken[-1].id if len(taken) == rows else max(beyond, resend.position))


def _resend(row: Any) -> Resend:
    wanted = Wanted(
        topic=row["topic"],
        from_id=row["from_id"],
        to_id=row["to_id"],
        since=row["since"],
        until=row["until"],
        aggregate=row["aggregate_id"],
        rate=row["rate"],
    )
    place = None
    if row["starts"] is not None:
        ends = {int(number): end for number, end in row["starts"].items()}
        place = LogPlace(row["cluster_id"], row["topic_id"], dict.fromkeys(ends, 0), ends)
    return Resend(
        id=row["id"],
        wanted=wanted,
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        place=place,
        position=row["position"],
        sent=row["sent"],
        reason=row["reason"],
        actor=row["actor"],
        asked_at=row["asked_at"],
    )
