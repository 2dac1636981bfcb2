"""A log that a relay writes to in a test: it keeps what was acknowledged and fails or stands still when told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from bus.database import Database
from bus.message import Message
from bus.pace import Pace
from bus.relay import Relay

QUICK = Pace(poll=0.02, lease=0.5, save=0.1)


class Log:
    """Appends what is published. `held` keeps every publish waiting until it is set."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.batches: list[int] = []
        self.failures: list[Exception] = []
        self.held: asyncio.Event | None = None
        self.reached = asyncio.Event()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Write half of the batch and raise while there are failures, else write all of it."""
        self.reached.set()
        if self.held is not None:
            await self.held.wait()
        if self.failures:
            self.messages += messages[: len(messages) // 2]
            raise self.failures.pop(0)
        self.messages += messages
        self.batches.append(len(messages))

    def sequences(self, aggregate: UUID) -> list[int]:
        """The sequence numbers of one aggregate as they stand in the log."""
        key = str(aggregate).encode()
        return [int(dict(message.headers)["ce_sequence"]) for message in self.messages if message.key == key]


def first_seen(sequences: Sequence[int]) -> list[int]:
    """What is left when a reader skips every number that it has passed already."""
    kept: list[int] = []
    for number in sequences:
        if not kept or number > kept[-1]:
            kept.append(number)
    return kept


@asynccontextmanager
async def running(
    store: Database, log: Any, wake: asyncio.Event, owner: str = "one", **options: Any
) -> AsyncIterator[Relay]:
    """A relay that runs for the block, and then stops as a process does that is asked to."""
    relay = Relay(store, log, owner=owner, wake=wake, **{"pace": QUICK, **options})
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(stop))
    try:
        yield relay
    finally:
        stop.set()
        await task


async def cursor(store: Database, table: str = "outbox") -> dict[str, Any]:
    """The row of a table's cursor."""
    async with store.autocommit() as raw:
        row = await raw.fetchrow(
            "select *, lease_until < clock_timestamp() as free from outbox_cursor where outbox = $1", table
        )
        return dict(row) if row else {}
