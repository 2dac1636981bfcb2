"""What tests of the store say and look at: events into an outbox, rows out of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from builders import NOW, PERSONAL, example
from bus.cursor import Cursor
from bus.database import Database
from bus.outbox import Row, Table, read
from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.case import CaseClaimed
from schemas.events.signal import SignalDetected
from schemas.messages import EventData
from schemas.views import View

ALL_COLUMNS = Table(
    columns=("topic", "msg_key", "headers", "payload", "event_id", "aggregate_id", "aggregate_seq", "xid")
)


def say(uow: UnitOfWork, data: EventData, subject: UUID, sequence: int = 1) -> Event[EventData]:
    """Publish the data about a subject, to two units."""
    audience = {"customs-79": View.FULL, "qltt-79": View.POINTER}
    return uow.publish(data, subject=subject, sequence=sequence, audience=audience, acttime=NOW)


def detected(dossier: UUID) -> SignalDetected:
    """A signal whose personal part belongs to this dossier."""
    return example(SignalDetected, personal={dossier: PERSONAL})


def claimed(**changes: Any) -> CaseClaimed:
    """A fact without a personal part."""
    return example(CaseClaimed, **changes)


async def rows(store: Database) -> Sequence[Row]:
    """Everything that is in the outbox, by id."""
    async with store.autocommit() as raw:
        return (await read(raw, ALL_COLUMNS, Cursor(), rows=100_000, size=2**30)).rows


async def things(store: Database) -> int:
    """How many rows of a service's own are committed."""
    async with store.autocommit() as raw:
        return int(await raw.fetchval("select count(*) from thing"))
