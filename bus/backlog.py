"""What an outbox still has to send, asked of the database, so that a relay that hangs cannot hide it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from bus.database import Raw

MOST = 10_000
"""Rows beyond are not counted: who has so many needs no finer number, and counting must stay cheap."""

_ASK = """
select c.epoch, cardinality(c.gaps) as gaps,
  greatest(extract(epoch from c.lease_until - clock_timestamp()), 0)::float8 as lease_left,
  w.rows, w.oldest
from outbox_cursor as c, lateral (
  select count(*) as rows, coalesce(extract(epoch from clock_timestamp() - min(t.created_at)), 0)::float8 as oldest
  from (
    select t.created_at from "{table}" as t
    where t.id > (select high from outbox_cursor where outbox = $1) and not (t."{column}" = any($2::text[]))
    order by t.id limit $3::int
  ) as t
) as w
where c.outbox = $1
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which table, and rows that are left out of every number: those whose `column` is one of `hidden`."""

    table: str = "outbox"
    column: str = "topic"
    hidden: Collection[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Rows that are not known to be sent (at most `MOST`), the age of the oldest in seconds, and the lease.

    The cursor is saved at most once a second, so up to a second of what was sent is still counted.
    """

    rows: int
    oldest: float
    gaps: int
    epoch: int
    lease_left: float


async def backlog(raw: Raw, asked: Asked) -> Backlog | None:
    """The backlog now; None before a relay has ever looked at the table."""
    statement = _ASK.format(table=asked.table, column=asked.column)
    row = await raw.fetchrow(statement, asked.table, list(asked.hidden), MOST)
    if row is None:
        return None
    return Backlog(row["rows"], row["oldest"], row["gaps"], row["epoch"], row["lease_left"])
