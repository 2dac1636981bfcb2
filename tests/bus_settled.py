"""When a running bus has nothing left to do: every outbox sent, every record of every topic handled. No clock decides.

Reads the tables as the superuser and the topics' ends as the broker's admin, which no service may.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import asyncpg
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from infra.stack.admin import connect, settle
from infra.stack.info import StackInfo

_OUTBOXES: Mapping[str, str] = {"gateway": "outbox", "intake": "outbox", "cases": "outbox", "notifications": "feed"}
"""Who publishes, and the table that it publishes from."""
_READERS = ("gateway", "intake", "cases", "notifications", "console")
_UNSENT = """
select exists (select from {schema}.{table} as o, {schema}.outbox_cursor as c
  where c.outbox = '{table}' and (o.id > c.high or o.id = any(c.gaps)))
"""
_OFFSETS = "select topic, part, next_offset from {schema}.consumer_offset"
_LOOK_SECONDS = 0.05
_PATIENCE_SECONDS = 90.0

Place = tuple[str, int]


class Watched(Protocol):
    """The part of a bus of tests that is needed to watch it."""

    @property
    def info(self) -> StackInfo: ...

    def secret(self, name: str) -> str: ...

    async def superuser(self) -> asyncpg.Connection: ...


@dataclass(frozen=True, slots=True)
class Settled:
    """Watches one bus."""

    bus: Watched

    async def wait(self) -> None:
        """Return once everything that was sent to the bus before this call has had all its effects."""
        info = self.bus.info
        admin = connect(info.kafka.bootstrap, info.kafka.ca, "admin", self.bus.secret("kafka/admin"))
        connection = await self.bus.superuser()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not await _quiet(connection, admin):  # noqa: ASYNC110 - neither server rings when all is read
                    await asyncio.sleep(_LOOK_SECONDS)
        finally:
            await connection.close()


async def _quiet(connection: asyncpg.Connection, admin: AdminClient) -> bool:
    """Nothing is unread, then nothing unsent, and no topic grew while we looked: so nothing was on its way."""
    read: list[tuple[Place, int]] = []
    for schema in _READERS:
        rows = await connection.fetch(_OFFSETS.format(schema=schema))
        if not rows:
            return False
        read += [((row["topic"], row["part"]), row["next_offset"]) for row in rows]
    places = {place for place, _ in read}
    before = await asyncio.to_thread(_ends, admin, places)
    if any(next_offset < before[place] for place, next_offset in read):
        return False
    for schema, table in _OUTBOXES.items():
        if await connection.fetchval(_UNSENT.format(schema=schema, table=table)):
            return False
    return await asyncio.to_thread(_ends, admin, places) == before


def _ends(admin: AdminClient, places: Collection[Place]) -> dict[Place, int]:
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call] # the client types its module only in part
    found = admin.list_offsets({TopicPartition(topic, part): latest for topic, part in places})
    ends = settle(found)
    return {(one.topic, one.partition): end.offset for one, end in zip(found, ends, strict=True)}
