"""A unit of work: the state that changes and the events that say so, in one transaction, committed at the edge."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bus.database import Database, Raw, Transaction
from bus.errors import EventTooLarge, Refused
from bus.keys import TransactionKeys
from bus.message import Message
from bus.outbox import Entry, append
from bus.publication import BY_RULE, Context, Said, envelop
from bus.sealing import seal, sealed_shape, unseal
from bus.wire import encode
from schemas.envelope import Audience, Event
from schemas.messages import EventData
from schemas.problems import OVERSIZE

__all__ = ["Context", "UnitOfWork", "UnitsOfWork"]


@dataclass(slots=True)
class _Outgoing:
    """A message in its place among those of the transaction; `opened` is sealed at commit and then replaces it."""

    entry: Entry
    opened: Event[Any] | None = None


class UnitOfWork:
    """One transaction. `raw` is asyncpg's connection, `sql` SQLAlchemy's; handlers use them and never commit.

    Events keep the order in which they were published. To number an aggregate's events without holes, lock its row
    (`select … for update`, or insert it) before taking `sequence`: the outbox id is drawn at commit, under that lock,
    and so rises with the sequence.
    """

    def __init__(self, transaction: Transaction, context: Context) -> None:
        self.raw: Raw = transaction.raw
        self.sql: AsyncConnection = transaction.sql
        self.context = context
        self._keys = TransactionKeys(transaction.raw, context.keyring)
        self._outgoing: list[_Outgoing] = []
        self._stirred = False

    def publish(
        self,
        data: EventData,
        *,
        subject: UUID,
        sequence: int,
        audience: Audience,
        acttime: datetime,
        unit: str = BY_RULE,
        cause: Event[Any] | None = None,
        attached: Event[Any] | None = None,
        legalbasis: str | None = None,
        corrects: str | None = None,
    ) -> Event[EventData]:
        """Say a fact about `subject` when this transaction commits; returns it as it will be said, still opened.

        `acttime` is when it happened in the world, `cause` the event or command that led to it, `attached` one whose
        content by reference it passes on. Raises `Refused` (oversize) if it would be larger than 64 KiB, and ValueError
        for data that carry another event's sealed part.
        """
        if data.sealed or data.erased:
            raise ValueError(f"{data.type_name()}: give opened values in `personal`; sealed ones belong to their event")
        said = Said(
            subject=subject,
            sequence=sequence,
            audience=audience,
            acttime=acttime,
            unit=unit,
            cause=cause,
            attached=attached,
            legalbasis=legalbasis,
            corrects=corrects,
        )
        event = envelop(data, said, self.context)
        message = self._sized(event, self.context.topics.of_aggregate(data.record()))
        entry = Entry(message, subject, sequence, UUID(event.envelope.id))
        self._outgoing.append(_Outgoing(entry, event if data.personal else None))
        return event

    def forward(self, message: Message, aggregate: UUID) -> None:
        """Send a message that is already encoded and sealed when this transaction commits."""
        self._outgoing.append(_Outgoing(Entry(message, aggregate)))

    def wake_relays(self) -> None:
        """Wake the relays at commit though nothing is published: rows went to another table that one of them reads."""
        self._stirred = True

    async def create_keys(self, dossiers: Sequence[UUID]) -> None:
        """Make the keys of dossiers whose first event this transaction publishes; they can be used at once."""
        await self._keys.create(dossiers)

    async def open_keys(self, dossiers: Collection[UUID], purpose: str) -> Mapping[UUID, bytes]:
        """Keys by dossier, for an audited purpose; a dossier that was erased is absent."""
        return await self._keys.open(dossiers, purpose)

    async def destroy_keys(self, dossiers: Sequence[UUID], erased_for: str, basis: str) -> list[UUID]:
        """Destroy the keys of dossiers that this service publishes, for good; returns those destroyed by this call.

        When this transaction is rolled back they are as they were. `erased_for` is whose act it is.
        """
        return await self._keys.destroy(dossiers, erased_for, basis)

    async def seal(self, events: Sequence[Event[Any]]) -> list[Event[Any]]:
        """The events with their personal part sealed, for `forward`. Raises `KeyMissing`."""
        keys = await self._keys.to_seal({dossier for event in events for dossier in event.data.personal})
        return [seal(event, keys) for event in events]

    async def unseal(self, events: Sequence[Event[Any]], purpose: str) -> list[Event[Any]]:
        """The events opened, with one call for all keys; what was erased is listed in `data.erased`.

        Raises `SealBroken` if a block does not open.
        """
        keys = await self._keys.open({dossier for event in events for dossier in event.data.sealed}, purpose)
        return [unseal(event, keys) for event in events]

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone: when it raises, its writes, keys and published events are as if never made."""
        said, keys = len(self._outgoing), self._keys.mark()
        try:
            async with self.raw.transaction():
                yield
        except BaseException:
            del self._outgoing[said:]
            self._keys.back_to(keys)
            raise

    async def flush(self) -> bool:
        """Seal what is to be said and write it to the outbox; returns whether relays have work. For `UnitsOfWork`."""
        opened = [outgoing for outgoing in self._outgoing if outgoing.opened is not None]
        sealed = await self.seal([outgoing.opened for outgoing in opened if outgoing.opened is not None])
        for outgoing, event in zip(opened, sealed, strict=True):
            outgoing.entry = outgoing.entry._replace(message=encode(event, outgoing.entry.message.topic))
        await append(self.raw, [outgoing.entry for outgoing in self._outgoing])
        self._stirred = self._stirred or bool(self._outgoing)
        self._outgoing.clear()
        return self._stirred

    def committed(self) -> None:
        """Keys opened here may now serve later transactions. For `UnitsOfWork` alone."""
        self._keys.committed()

    def _sized(self, event: Event[EventData], topic: str) -> Message:
        try:
            return encode(sealed_shape(event) if event.data.personal else event, topic)
        except EventTooLarge as error:
            raise Refused(OVERSIZE.problem(), "data") from error


class UnitsOfWork:
    """Opens units of work on one database and commits them. `wakes` are the events that relays wait on."""

    def __init__(self, database: Database, context: Context, *wakes: asyncio.Event) -> None:
        self._database = database
        self._context = context
        self._wakes = wakes

    @property
    def context(self) -> Context:
        """What every unit of work shares."""
        return self._context

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """One unit of work: when the block ends, its events are sealed and written and all of it is committed.

        When the block raises, nothing of it has happened. Raises `KeyMissing` if a personal part has no key.
        """
        async with self._database.transaction() as transaction:
            work = UnitOfWork(transaction, self._context)
            yield work
            stirred = await work.flush()
        work.committed()
        if stirred:
            for wake in self._wakes:
                wake.set()
