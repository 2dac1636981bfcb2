"""A consumer on a stage: a broker, a real database with the bus's tables, and handlers that leave a row per event."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from builders import event, example
from bus.broker import Broker
from bus.consumer import Consumer, Listening, Pace, Subscription
from bus.database import Database
from bus.identity import uuid7
from bus.limits import Limits
from bus.memory import MemoryBroker
from bus.message import Message, Record
from bus.parked import ParkedRecord, parked_records
from bus.parked_acts import ParkedAct, Who, parked_acts
from bus.redriving import Redrive
from bus.retry import Backoff
from bus.uow import UnitOfWork, UnitsOfWork
from bus.wire import encode
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseClosed
from schemas.messages import EventData

SECONDS = 20.0
EFFECTS = """
create table effect (
    place bigint generated always as identity,
    topic text, aggregate text, sequence bigint, id text, kind text, actor text,
    xid xid8 default pg_current_xact_id())
"""
_INSERT = "insert into effect (topic, aggregate, sequence, id, kind, actor) values ($1, $2, $3, $4, $5, $6)"
KINDS: Sequence[type[EventData]] = (CaseClaimed, CaseClosed)
QUICK = Pace(max_records=50, fetch=0.05, lost=0.2, full=0.05)
ADMIN = Who("admin", "vptt-389")


def said(aggregate: UUID, sequence: int, model: type[EventData] = CaseClaimed, **changes: Any) -> Event[Any]:
    """A fact about `aggregate`, with an id of its own."""
    return event(example(model, personal={}), subject=aggregate, sequence=sequence, id=str(uuid7()), **changes)


@dataclass(slots=True)
class Stage:
    """`trouble` is asked before each event is applied, and may raise; it sees the event."""

    broker: Broker
    units: UnitsOfWork
    database: Database
    prefix: str = ""
    trouble: Callable[[Event[Any]], None] = lambda _event: None
    calls: list[list[Event[Any]]] = field(default_factory=list)

    @property
    def topic(self) -> str:
        return f"{self.prefix}phoihop.case.v1"

    @property
    def group(self) -> str:
        return f"{self.prefix}cases.test"

    def topic_of_one(self) -> None:
        """Let the topic of cases, in memory, have one partition, so that what is said comes as one batch."""
        assert isinstance(self.broker, MemoryBroker)
        self.broker.create_topic(self.topic, 1)

    async def handle(self, events: Sequence[Event[Any]], unit: UnitOfWork) -> None:
        """Leave a row per event, together or not at all."""
        self.calls.append(list(events))
        for one in events:
            about = one.envelope
            row = (self.topic, about.subject, about.sequence, about.id, about.type, one.actor)
            await unit.raw.execute(_INSERT, *row)
            self.trouble(one)

    async def handle_records(self, records: Sequence[Record], unit: UnitOfWork) -> None:
        """Leave a row per record."""
        for one in records:
            await unit.raw.execute(_INSERT, one.topic, None, one.offset, one.value.decode("latin-1"), "raw", None)

    def listening(self, **changes: Any) -> Listening:
        """The topic of cases, two types of it handled, unless told otherwise."""
        subscriptions = {model: Subscription(self.handle, "project") for model in KINDS}
        return Listening(**{"group": self.group, "topics": (self.topic,), "subscriptions": subscriptions} | changes)

    def consumer(
        self, owner: str = "one", pace: Pace = QUICK, limits: Limits | None = None, **changes: Any
    ) -> Consumer:
        """A member of the group."""
        backoff, listens = Backoff(lambda: 0.0, first=0.02, cap=0.1), self.listening(**changes)
        return Consumer(self.broker, self.units, listens, owner=owner, backoff=backoff, pace=pace, limits=limits)

    def redrive(self, **changes: Any) -> Redrive:
        """Redrives by the same handlers."""
        return Redrive(self.units, lambda: [self.listening(**changes)])

    async def held(self) -> list[ParkedRecord]:
        """What is parked, by place."""
        async with self.database.autocommit() as raw:
            return await parked_records(raw)

    async def acts(self) -> list[ParkedAct]:
        """What was done to the parked, the latest last."""
        async with self.database.autocommit() as raw:
            return (await parked_acts(raw))[::-1]

    @asynccontextmanager
    async def running(self, *consumers: Consumer) -> AsyncIterator[None]:
        """The consumers at work; stopped, and their failures raised, at the end."""
        stop = asyncio.Event()
        tasks = [asyncio.create_task(one.run(stop)) for one in consumers]
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(*tasks)

    async def say(self, *events: Event[Any]) -> None:
        """Publish to the topic of cases."""
        await self.broker.publish([encode(one, self.topic) for one in events])

    async def send(self, *messages: Message) -> None:
        """Publish bytes."""
        await self.broker.publish(messages)

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        async with self.database.autocommit() as raw:
            return [tuple(row) for row in await raw.fetch(statement)]

    async def applied(self) -> dict[str, list[int]]:
        """The sequences applied, by aggregate, in the order in which they were."""
        found: dict[str, list[int]] = {}
        for aggregate, sequence in await self.rows("select aggregate, sequence from effect order by place"):
            found.setdefault(aggregate, []).append(sequence)
        return found

    async def parked(self) -> list[tuple[str, str]]:
        """Reason and key of what is parked, in order."""
        found = await self.rows("select reason, msg_key from parked_event order by part, record_offset")
        return [(reason, key.decode() if key else "") for reason, key in found]

    async def until(self, done: Callable[[], bool]) -> None:
        """Give way until it is so."""
        async with asyncio.timeout(SECONDS):
            while not done():  # noqa: ASYNC110 - what is waited for lies with several consumers and the database
                await asyncio.sleep(0.005)


def consumed(*consumers: Consumer) -> int:
    """How many records were consumed; on the way, the law is checked that every one of them has an outcome."""
    counts = [one for consumer in consumers for one in consumer.counts.values()]
    assert all(one.consumed == one.applied + one.skipped + one.parked for one in counts)
    return sum(one.consumed for one in counts)


def totals(*consumers: Consumer) -> Mapping[str, int]:
    """Outcomes over all topics."""
    counts = [one for consumer in consumers for one in consumer.counts.values()]
    return {name: sum(getattr(one, name) for one in counts) for name in ("consumed", "applied", "skipped", "parked")}
