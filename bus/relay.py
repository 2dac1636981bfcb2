"""Sends an outbox to the log: at least once, each aggregate in order, by whoever holds the lease."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from bus.database import Database
from bus.errors import Fenced
from bus.lease import CursorRow
from bus.message import Message
from bus.numbers import RelayNumbers
from bus.outbox import Row, Table, read
from bus.pace import Holding, Pace
from bus.partitions import ensure_partitions
from bus.resending import Resending
from bus.retry import Backoff, passing
from bus.tracing import OFF, Sent, Tracing

Render = Callable[[Sequence[Row]], Awaitable[Sequence[Message]]]
"""Makes the messages of some rows, in their order; it may leave rows out or make several of one."""

OUTBOX = Table()

log = structlog.get_logger(__name__)


class Publisher(Protocol):
    """The part of `bus.broker.Broker` that a relay needs."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Returns when all are acknowledged; raises `PublishUnknown`."""


PACE = Pace()


async def as_written(rows: Sequence[Row]) -> list[Message]:
    """The messages of outbox rows, unchanged."""
    return [
        Message(
            row.values["topic"],
            row.values["msg_key"],
            row.values["payload"],
            tuple((name, value.encode()) for name, value in row.values["headers"].items()),
        )
        for row in rows
    ]


class Relay:
    """The relay of one table in one process. Several may run: one sends, the others wait for its lease to run out.

    After a crash up to `pace.save` seconds are sent again, whole and in order; readers skip what they know by
    `sequence`. `owner` names this relay in the cursor's row, for people. `resending` publishes again what is asked for.
    """

    def __init__(
        self,
        database: Database,
        broker: Publisher,
        *,
        owner: str,
        wake: asyncio.Event,
        table: Table = OUTBOX,
        render: Render = as_written,
        pace: Pace = PACE,
        ticks: Callable[[], float] = time.monotonic,
        tracing: Tracing = OFF,
        resending: Resending | None = None,
    ) -> None:
        self.numbers = RelayNumbers()
        self._database = database
        self._broker = broker
        self._table = table
        self._render = render
        self._pace = pace
        self._wake = wake
        self._ticks = ticks
        self._tracing = tracing
        self._resending = resending
        self._row = CursorRow(database, table.name, owner, timedelta(seconds=pace.lease))
        self._backoff = Backoff(chance=random.random, first=0.1, cap=5.0)
        self._trouble: str | None = None
        self._round = 0
        self._unsure: frozenset[int] = frozenset()
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._log = log.bind(table=table.name, owner=owner)

    @property
    def table(self) -> str:
        """The name of the table that this sends."""
        return self._table.name

    def trouble(self) -> str | None:
        """Why the last turn failed; None while turns succeed, a standby's included."""
        return self._trouble

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`, then finish the batch, save and release the lease.

        What may pass (a lost connection, a broker that does not answer) is waited out and logged each time; any other
        error is raised and leaves the lease to run out.
        """
        holding: Holding | None = None
        failures = 0
        while not stop.is_set():
            try:
                holding = await self._turn(holding, stop)
                failures, self._trouble = 0, None
            except Fenced:
                self._log.warning("relay_fenced")
                self.numbers.fenced += 1
                holding = None
            except Exception as error:
                if not passing(error):
                    raise
                failures, self._trouble = failures + 1, type(error).__name__
                self.numbers.failures += 1
                self._log.warning("relay_waits", failures=failures, error=type(error).__name__)
                await _first(stop, stop, self._backoff.delay(failures))
            self.numbers.leads = holding is not None
        if holding is not None:
            await self._release(holding)
        self.numbers.leads = False

    async def caught_up(self) -> None:
        """Returns once all that was committed before this call, and is not yet sent, was sent and acknowledged.

        Waits for as long as this relay does not hold the lease.
        """
        caught_up = asyncio.get_running_loop().create_future()
        self._waiting.append((self._round + 1, caught_up))
        self._wake.set()
        await caught_up

    async def _turn(self, holding: Holding | None, stop: asyncio.Event) -> Holding | None:
        if holding is None:
            holding = await self._take()
            if holding is None:
                # Nothing that happens here frees another's lease, so a standby does not listen for wakes.
                await _first(stop, stop, self._pace.poll)
        elif await self._step(holding):
            holding.quiet = not await _first(self._wake, stop, self._pace.poll)
        return holding

    async def _take(self) -> Holding | None:
        await self._row.make()
        lease = await self._row.take()
        if lease is None:
            return None
        if self._resending is not None:
            await self._resending.look(lease.epoch, now=True)
        self._log.info("relay_leads", epoch=lease.epoch, high=lease.cursor.high, gaps=len(lease.cursor.gaps))
        # As if so many rows had been sent already: the first step looks whether there is room.
        return Holding(lease.epoch, lease.cursor, lease.cursor, self._ticks(), rows=self._pace.partition_check_rows)

    async def _step(self, holding: Holding) -> bool:
        """Read, send, save if it is time; returns whether everything that was visible has been sent."""
        # Cleared before the read: a commit that this read does not see sets it again.
        self._wake.clear()
        self._round += 1
        current, pace = self._round, self._pace
        async with self._database.autocommit() as raw:
            batch = await read(raw, self._table, holding.cursor, rows=pace.rows, size=pace.size)
        await self._send(batch.rows)
        holding.cursor = holding.cursor.advance([row.id for row in batch.rows], batch.waiting, batch.xmin)
        idle = not await self._send_again(holding) and len(batch.rows) < pace.rows and not batch.waiting
        if holding.save_due(pace, self._ticks(), idle=idle):
            await self._save(holding)
        if idle:
            self._tell(current)
        await self._look_ahead(holding, len(batch.rows))
        return idle

    async def _send_again(self, holding: Holding) -> bool:
        """Go on with what is asked to be published again; returns whether more of it may go at once."""
        if self._resending is None:
            return False
        more = await self._resending.step(holding.epoch, holding.cursor.high)
        await self._resending.look(holding.epoch)
        return more

    async def _send(self, rows: Sequence[Row]) -> None:
        if self._resending is not None:
            rows = [row for row in rows if not self._resending.withhold(row)]
        messages = await self._render(rows) if rows else ()
        if messages:
            if self._unsure:
                self.numbers.resent += sum(row.id in self._unsure for row in rows)
            self._unsure = frozenset(row.id for row in rows)
            since = self._tracing.now()
            await self._broker.publish(messages)
            if self._tracing.on:
                self._tracing.sent(since, _traced(messages))
            self._unsure = frozenset()
            for topic, count in Counter([message.topic for message in messages]).items():
                self.numbers.sent[topic] = self.numbers.sent.get(topic, 0) + count

    async def _save(self, holding: Holding) -> None:
        if self._resending is not None:
            await self._resending.save(holding.epoch)
        holding.cursor = holding.saved = await self._row.save(holding.epoch, holding.cursor)
        holding.saved_at = self._ticks()

    async def _release(self, holding: Holding) -> None:
        try:
            await self._row.release(holding.epoch, holding.cursor)
        except Exception as error:
            if not passing(error):
                raise
            self._log.warning("relay_lease_left_to_run_out", error=type(error).__name__)

    async def _look_ahead(self, holding: Holding, rows: int) -> None:
        """Make room now and then. Sending goes on without it: there are partitions ahead, and time to try again."""
        holding.rows += rows
        if not self._table.partitioned or holding.rows < self._pace.partition_check_rows:
            return
        holding.rows = 0
        try:
            await ensure_partitions(self._database, self._table.name, rows=self._table.partition_rows)
        except Exception as error:
            if not passing(error):
                raise
            self._log.warning("outbox_partitions_not_looked_at", error=type(error).__name__)

    def _tell(self, current: int) -> None:
        for since, caught_up in self._waiting:
            if since <= current and not caught_up.done():
                caught_up.set_result(None)
        self._waiting = [waiting for waiting in self._waiting if not waiting[1].done()]


def _traced(messages: Sequence[Message]) -> list[Sent]:
    return [
        Sent(message.topic, value.decode())
        for message in messages
        for name, value in message.headers
        if name == "ce_traceparent"
    ]


async def _first(one: asyncio.Event, other: asyncio.Event, seconds: float) -> bool:
    """Wait until either is set, or for so long; returns whether one was."""
    waits = [asyncio.ensure_future(one.wait()), asyncio.ensure_future(other.wait())]
    try:
        done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()
