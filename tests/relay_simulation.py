"""Writers, relays and their misfortunes on a real PostgreSQL: what notes on the outbox call its simulation.

Every writer locks its aggregates, numbers and writes events, waits at random places and sometimes rolls back. Relays
crash at every kind of await and freeze past their lease. Partitions are added and detached under them. At the end one
healthy relay drains the outbox, and the log is compared with what was committed.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from bus.database import Database
from bus.errors import PublishUnknown
from bus.identity import uuid7
from bus.message import Message
from bus.outbox import Entry, Table, append
from bus.pace import Pace
from bus.relay import Relay
from faults import crash, stepped
from relay_builders import first_seen

WRITERS, AGGREGATES, RELAYS = 24, 40, 3
AWAITS = {"take": 3, "read": 40, "publish": 40, "save": 4, "_first": 10}
"""Where relays are struck (taking the lease, reading, publishing, saving, resting), after at most so many visits."""
MOST_SECONDS = 40.0
"""How much longer everything that the simulation is about may take to have happened, on a machine with much to do."""
PACE = Pace(poll=0.02, lease=0.15, save=0.03, rows=200, partition_check_rows=200)
TABLE = Table(partition_rows=800)

_PREPARE = (
    "create table aggregate (id uuid primary key, seq bigint not null default 0)",
    "drop table outbox_0, outbox_5000000, outbox_10000000",
    "create table outbox_0 partition of outbox for values from (0) to (800)",
)
_NUMBER = "update aggregate set seq = seq + 1 where id = $1 returning seq"
_PASSED = "select least(high, (select min(g) from unnest(gaps) as g)) from outbox_cursor where outbox = 'outbox'"


class RolledBack(Exception):
    """This writer thought better of it."""


@dataclass
class Outcome:
    """What a run came to; `lost`, `holes` and `phantoms` must be 0."""

    seed: int
    committed: int
    sent: int
    lost: int
    holes: int
    phantoms: int
    detached: int
    strikes: Counter[str]

    def __str__(self) -> str:
        """One line for the person who reads the test's output."""
        struck = ", ".join(f"{what} {many}" for what, many in sorted(self.strikes.items()))
        return (
            f"seed {self.seed}: {self.committed} committed, {self.sent} sent, {self.lost} lost, {self.holes} holes, "
            f"{self.phantoms} phantoms, {self.detached} partitions detached; struck: {struck}"
        )


@dataclass
class Simulation:
    """One run of so many seconds, or up to four times as many until every kind of fault has happened.

    `store` needs a connection for each writer and relay. `unknown` is the chance that a publish does not tell its end.
    """

    store: Database
    seed: int
    seconds: float
    faults: bool = True
    unknown: float = 0.03
    log: list[tuple[UUID, int]] = field(default_factory=list)
    committed: list[tuple[UUID, int]] = field(default_factory=list)
    strikes: Counter[str] = field(default_factory=Counter)
    detached: int = 0

    async def run(self) -> Outcome:
        """Play it, heal, drain and compare."""
        self._chance = random.Random(self.seed)
        self._wake = asyncio.Event()
        self._everything = asyncio.Event()
        self._aggregates = sorted(uuid7() for _ in range(AGGREGATES))
        await self._prepare()
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(self._write(over))
            for number in range(RELAYS):
                group.create_task(self._relay(f"relay {number}", over))
            group.create_task(self._detach(over))
            group.create_task(self._end(over))
        await self._drain()
        return self._compare()

    async def publish(self, messages: Sequence[Message]) -> None:
        """The log: appends message by message and may stop, or be stopped, in between."""
        unknown = self._chance.random() < self.unknown
        for message in messages[: self._chance.randint(0, len(messages)) if unknown else len(messages)]:
            assert message.key is not None
            self.log.append((UUID(bytes=message.key), int(message.value)))
            if self._chance.random() < 0.01:
                await asyncio.sleep(self._chance.random() * 0.01)
        await asyncio.sleep(0)
        if unknown:
            self._note("outcome unknown")
            raise PublishUnknown

    async def _prepare(self) -> None:
        async with self.store.autocommit() as raw:
            for statement in _PREPARE:
                await raw.execute(statement)
            await raw.executemany("insert into aggregate (id) values ($1)", [(one,) for one in self._aggregates])

    async def _end(self, over: asyncio.Event) -> None:
        await asyncio.sleep(self.seconds)
        if self.faults:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._everything.wait(), MOST_SECONDS)
        over.set()

    def _note(self, strike: str) -> None:
        self.strikes[strike] += 1
        if self.detached and {name.rpartition(" ")[2] for name in self.strikes} >= {*AWAITS, "unknown"}:
            self._everything.set()

    async def _write(self, over: asyncio.Event) -> None:
        while not over.is_set():
            with suppress(RolledBack):
                self.committed += await self._transaction()
                self._wake.set()

    async def _transaction(self) -> list[tuple[UUID, int]]:
        chosen = sorted(self._chance.sample(self._aggregates, self._chance.choice((1, 1, 2, 3))))
        async with self.store.transaction() as tx:
            if self._chance.random() < 0.2:
                # An old transaction id, and the aggregate's lock much later.
                await tx.raw.execute("select pg_current_xact_id()")
                await self._pause()
            said = [(one, int(await tx.raw.fetchval(_NUMBER, one))) for one in chosen]
            await self._pause()
            await append(tx.raw, [_entry(*event) for event in said])
            await self._pause()
            if self._chance.random() < 0.07:
                raise RolledBack
        return said

    async def _pause(self) -> None:
        luck = self._chance.random()
        if luck < 0.4:
            await asyncio.sleep(self._chance.random() * (0.1 if luck < 0.05 else 0.02))

    async def _relay(self, owner: str, over: asyncio.Event) -> None:
        """A supervisor: starts a relay again each time it was struck down."""
        while not over.is_set():
            relay = Relay(self.store, self, owner=owner, wake=self._wake, table=TABLE, pace=PACE)
            running = asyncio.create_task(self._struck(relay))
            ended = asyncio.create_task(over.wait())
            try:
                await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                running.cancel()
                ended.cancel()
                await asyncio.wait({running, ended})
            if not running.cancelled():
                running.result()

    async def _struck(self, relay: Relay) -> None:
        """Freeze it now and then, until it is crashed."""
        where, kind, after = self._strike()

        def at(names: frozenset[str]) -> float:
            nonlocal where, kind, after
            after -= where in names
            if where not in names or after:
                return 0.0
            self._note(f"{kind} at {where}")
            if kind == "crash":
                crash()
                return 0.0
            where, kind, after = self._strike()
            return PACE.lease * 1.5

        await stepped(relay.run(asyncio.Event()), at)

    def _strike(self) -> tuple[str, str, int]:
        where = self._chance.choice(tuple(AWAITS)) if self.faults else "never"
        return where, self._chance.choice(("crash", "freeze")), self._chance.randint(1, AWAITS.get(where, 1))

    async def _detach(self, over: asyncio.Event) -> None:
        """Detach the oldest partition once everything in it was sent."""
        first = 0
        while not over.is_set():
            async with self.store.autocommit() as raw:
                passed = await raw.fetchval(_PASSED)
                if passed is not None and passed >= first + TABLE.partition_rows:
                    await raw.execute(f"alter table outbox detach partition outbox_{first} concurrently")
                    self.detached += 1
                    first += TABLE.partition_rows
            await asyncio.sleep(0.05)

    async def _drain(self) -> None:
        relay = Relay(self.store, self, owner="last", wake=self._wake, table=TABLE, pace=PACE)
        stop = asyncio.Event()
        running = asyncio.create_task(relay.run(stop))
        await relay.caught_up()
        stop.set()
        await running

    def _compare(self) -> Outcome:
        sent, committed = set(self.log), set(self.committed)
        holes = 0
        for one in self._aggregates:
            numbers = first_seen([number for aggregate, number in self.log if aggregate == one])
            holes += sum(after != before + 1 for before, after in zip([0, *numbers], numbers, strict=False))
        return Outcome(
            seed=self.seed,
            committed=len(committed),
            sent=len(self.log),
            lost=len(committed - sent),
            holes=holes,
            phantoms=len(sent - committed),
            detached=self.detached,
            strikes=self.strikes,
        )


def _entry(aggregate: UUID, number: int) -> Entry:
    message = Message("phoihop.case.v1", aggregate.bytes, b"%d" % number, ())
    return Entry(message, aggregate, number)
