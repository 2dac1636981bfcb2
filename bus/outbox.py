"""Events on their way out, written in the transaction that made them true. Nothing else ever reaches a topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from bus.database import Raw, json_text
from bus.message import Message

_APPEND = """
insert into outbox (topic, msg_key, event_id, aggregate_id, aggregate_seq, headers, payload)
select e.topic, e.msg_key, coalesce(e.event_id, uuidv7()), e.aggregate_id, e.aggregate_seq, e.headers, e.payload
from unnest($1::text[], $2::bytea[], $3::uuid[], $4::uuid[], $5::bigint[], $6::jsonb[], $7::bytea[])
  with ordinality as e (topic, msg_key, event_id, aggregate_id, aggregate_seq, headers, payload, place)
order by e.place
"""


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
    by which a batch is bounded. `partitioned` tables get new partitions made ahead.
    """

    name: str = "outbox"
    columns: tuple[str, ...] = ("topic", "msg_key", "headers", "payload")
    size: str = "octet_length(payload)"
    partitioned: bool = True


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
