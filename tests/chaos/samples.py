"""Looks at offset rows and cursors while faults happen: they may only ever rise."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import asyncpg

from bench.living import Living

READERS = ("gateway", "intake", "cases", "notifications", "console")
_OFFSETS = "select grp, topic, part, next_offset, epoch from {schema}.consumer_offset"
_LOOK_SECONDS = 0.5

Row = tuple[str, str, str, int]


@dataclass(slots=True)
class Samples:
    """What was seen last of each row, and every step backwards."""

    bus: Living
    last: dict[Row, tuple[int, int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    looks: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Look twice a second, and once more at the end. A server that is away is looked at again later."""
        while not stop.is_set():
            try:
                await self.look()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                continue
            finally:
                await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """One look at every row."""
        connection = await self.bus.superuser()
        try:
            async with asyncio.timeout(10):
                for schema in READERS:
                    for row in await connection.fetch(_OFFSETS.format(schema=schema)):
                        self._compare((schema, row["grp"], row["topic"], row["part"]), row)
            self.looks += 1
        finally:
            connection.terminate()

    def _compare(self, name: Row, row: Mapping[str, int]) -> None:
        now = (row["next_offset"], row["epoch"])
        before = self.last.get(name, (0, 0))
        if now[0] < before[0] or now[1] < before[1]:
            self.faults.append(f"{name}: next offset and epoch went from {before} to {now}")
        self.last[name] = now
