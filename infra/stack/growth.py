"""What the log of record takes: for each service its tables, for each topic its segments, by event.

Asked of the database as its superuser and of the disk: how much a service holds is told by no door.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from confluent_kafka import TopicPartition
from confluent_kafka.admin import OffsetSpec

from infra.stack.admin import connect
from infra.stack.info import StackInfo
from infra.stack.migrate import SECTIONS
from infra.stack.postgres import SUPERUSER
from infra.stack.secrets import SecretFiles

_TABLES = """
select case
    when c.relname ~ '^outbox_[0-9]+$' then coalesce((
      select p.relname::text from pg_inherits as i join pg_class as p on p.oid = i.inhparent where i.inhrelid = c.oid
    ), 'outbox_archive')
    when c.relname in ('outbox_cursor', 'outbox_resend') then 'outbox'
    when c.relname ~ '^feed_[0-9]+$' then 'feed'
    when c.relname in ('consumer_offset', 'seen', 'parked_event', 'parked_key', 'log_start', 'log_acceptance')
      then 'consumer'
    else 'own tables' end as name,
  sum(pg_total_relation_size(c.oid))::bigint as bytes, coalesce(sum(s.n_live_tup), 0)::bigint as rows
from pg_class as c left join pg_stat_user_tables as s on s.relid = c.oid
where c.relnamespace = $1::regnamespace and c.relkind = 'r' group by 1 order by 1
"""
_SAID = "select coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass), 0)"
_SECONDS = 30.0
_READ = "select coalesce(sum(next_offset), 0)::bigint from {schema}.consumer_offset"


@dataclass(frozen=True, slots=True)
class Size:
    """One kind of tables of one service with indexes, or one topic; `rows` is an estimate, None for a topic.

    `events` is what the service has said or read, whichever is more; for a topic the events that its owners said.
    """

    owner: str
    name: str
    bytes: int
    rows: int | None
    events: int

    @property
    def bytes_per_event(self) -> float:
        """How much the log of record grows here with an event."""
        return self.bytes / max(self.events, 1)


def growth(info: StackInfo) -> list[Size]:
    """Tables by service, then topics. Runs an event loop of its own. Topics are told where their files lie here."""
    return [*asyncio.run(_tables(info)), *_topics(info)]


async def _tables(info: StackInfo) -> list[Size]:
    place = info.postgres
    connection = await asyncpg.connect(
        host=place.host,
        port=place.port,
        user=SUPERUSER,
        password=SecretFiles(info.secrets).read(f"postgres/{SUPERUSER}"),
        database=place.database,
        timeout=10,
    )
    try:
        return [size for schema in SECTIONS for size in await _of(connection, schema)]
    finally:
        await connection.close()


async def _of(connection: asyncpg.Connection, schema: str) -> Sequence[Size]:
    said = read = 0
    if await connection.fetchval("select to_regclass($1) is not null", f"{schema}.outbox"):
        said = await connection.fetchval(_SAID, f"{schema}.outbox")
    if await connection.fetchval("select to_regclass($1) is not null", f"{schema}.consumer_offset"):
        read = await connection.fetchval(_READ.format(schema=schema))
    rows = await connection.fetch(_TABLES, schema)
    return [Size(schema, row["name"], row["bytes"], row["rows"], max(said, read)) for row in rows]


def _topics(info: StackInfo) -> list[Size]:
    """By topic, all partitions together: events by the broker's word, bytes where the embedded broker keeps them."""
    admin = connect(info.kafka.agency, info.kafka.ca, "admin", SecretFiles(info.secrets).read("kafka/admin"))
    topics = admin.list_topics(timeout=_SECONDS).topics
    places = [TopicPartition(name, part) for name, one in topics.items() for part in one.partitions if name[0] != "_"]
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call] # the library forgot to say
    ends: Counter[str] = Counter()
    for place, future in admin.list_offsets(dict.fromkeys(places, latest)).items():
        ends[place.topic] += future.result(timeout=_SECONDS).offset
    folders = [path.parent for path in (info.home / "kafka").glob("**/partition.metadata")]
    bytes_: Counter[str] = Counter()
    for folder in folders:
        bytes_[folder.name.rpartition("-")[0]] += _bytes(folder)
    return [Size("kafka", name, bytes_[name], None, ends[name]) for name in sorted(ends) if ends[name]]


def _bytes(folder: Path) -> int:
    # What is sparse counts as it lies on the disk: the broker sets aside more for indexes than they hold.
    return sum(path.stat().st_blocks * 512 for path in folder.iterdir() if path.is_file())
