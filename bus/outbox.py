"""Events on their way out, written in the transaction that made them true. Nothing else ever reaches a topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from bus.cursor import Cursor
from bus.database import Raw, json_text
from bus.message import Message

_APPEND = """
insert into outbox (topic, msg_key, event_id, aggregate_id, aggregate_seq, headers, payload)
select e.topic, e.msg_key, coalesce(e.event_id, uuidv7()), e.aggregate_id, e.aggregate_seq, e.headers, e.payload
from unnest($1::text[], $2::bytea[], $3::uuid[], $4::uuid[], $5::bigint[], $6::jsonb[], $7::bytea[])
  with ordinality as e (topic, msg_key, event_id, aggregate_id, aggregate_seq, headers, payload, place)
order by e.place
"""

# One statement is one snapshot: what it does not show, and the xmin that judges it, are of the same instant. It answers
# one row even when the table has nothing. Rows past the budget come without their columns, so that they are known to
# be visible without being carried; in id order, so that none is sent before an earlier one of its aggregate.
_READ = """
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin_, x.*
from (select 1) as once left join lateral (
  select s.id as id_, s.fits as fits_{wanted}
  from (
    select u.*, coalesce(sum(u.size_) over (order by u.id rows between unbounded preceding and 1 preceding), 0) < $4
      as fits
    from (
      select t.id, {size} as size_{columns} from {name} as t where t.id = any($1::bigint[])
      union all
      (select t.id, {size} as size_{columns} from {name} as t where t.id > $2::bigint order by t.id limit $3::int)
    ) as u
  ) as s
) as x on true order by x.id_
"""


class Row(NamedTuple):
    """One row to send: its id, and the columns that its table names."""

    id: int
    values: Mapping[str, Any]


class Batch(NamedTuple):
    """One look at the table: rows to send by rising id, ids that were visible beyond them, and the snapshot's xmin."""

    rows: Sequence[Row]
    waiting: Sequence[int]
    xmin: int


class Entry(NamedTuple):
    """One message and whose it is. `sequence` 0 means that its aggregate does not number it (commands)."""

    message: Message
    aggregate: UUID
    sequence: int = 0
    event_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a relay reads: `outbox`, or one of the same shape (`xid` before `id`, both by default).

    Its name stands in `outbox_cursor`. `columns` are read for each row; `size` is the SQL expression of a row's bytes,
    by which a batch is bounded. A partitioned table gets new partitions made ahead, of `partition_rows` ids each.
    """

    name: str = "outbox"
    columns: tuple[str, ...] = ("topic", "msg_key", "headers", "payload")
    size: str = "octet_length(payload)"
    partitioned: bool = True
    partition_rows: int = 5_000_000


async def read(raw: Raw, table: Table, cursor: Cursor, *, rows: int, size: int) -> Batch:
    """What can be sent now: at most `rows` new rows and the gaps that have filled, until they are `size` bytes or more.

    The row that reaches `size` is still carried, so a batch is never empty for being large.
    """
    found = await raw.fetch(_statement(table), cursor.open, cursor.high, rows, size)
    records = [record for record in found if record["id_"] is not None]
    return Batch(
        [Row(record["id_"], {name: record[name] for name in table.columns}) for record in records if record["fits_"]],
        [record["id_"] for record in records if not record["fits_"]],
        found[0]["xmin_"],
    )


async def append(raw: Raw, entries: Sequence[Entry]) -> None:
    """Write the entries, ids rising in their order. Header names must not repeat and values must be UTF-8."""
    if not entries:
        return
    messages = [entry.message for entry in entries]
    await raw.execute(
        _APPEND,
        [message.topic for message in messages],
        [message.key for message in messages],
        [entry.event_id for entry in entries],
        [entry.aggregate for entry in entries],
        [entry.sequence for entry in entries],
        [_headers(message) for message in messages],
        [message.value for message in messages],
    )


def _headers(message: Message) -> str:
    headers = {name: value.decode() for name, value in message.headers}
    if len(headers) != len(message.headers):
        raise ValueError(f"a message to {message.topic} repeats a header name")
    return json_text(headers)


@lru_cache
def _statement(table: Table) -> str:
    wanted = "".join(f', case when s.fits then s."{name}" end as "{name}"' for name in table.columns)
    columns = "".join(f', t."{name}"' for name in table.columns)
    return _READ.format(name=f'"{table.name}"', size=table.size, columns=columns, wanted=wanted)
