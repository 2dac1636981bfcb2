"""The handlers of notifications over real units of work, the publishers before them, and both doors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bus.cursor import Cursor
from bus.database import Database
from bus.message import Message
from bus.outbox import Row, read
from bus.uow import UnitsOfWork
from schemas.envelope import Event
from services.notifications.handlers import feeds
from services.notifications.handlers.delivery import Delivery
from services.notifications.handlers.pull import Pull
from services.notifications.repository.feeds import FEED


@dataclass(frozen=True)
class FeedDesk:
    """The handlers of notifications over real units of work, the publishers before them, and both doors."""

    units: UnitsOfWork
    publishers: UnitsOfWork
    database: Database
    delivery: Delivery
    pull: Pull

    async def sealed(self, *events: Event[Any]) -> list[Event[Any]]:
        """The events as they travel: keys made where a dossier has none, personal parts sealed."""
        dossiers = {dossier for event in events for dossier in event.data.personal}
        async with self.publishers.begin() as uow:
            known = await uow.open_keys(dossiers, "test")
            await uow.create_keys([dossier for dossier in dossiers if dossier not in known])
            return await uow.seal(events)

    async def append(self, *events: Event[Any]) -> None:
        """The events as one batch of the consumer."""
        await self.apply(await self.sealed(*events))

    async def apply(self, travelling: Sequence[Event[Any]]) -> None:
        """Sealed events as one batch of the consumer."""
        async with self.units.begin() as uow:
            await feeds.append(travelling, uow)

    async def pulled(self, unit: str, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
        """What the unit reads over HTTP, before it is bytes."""
        page = await self.pull.page(unit, after, limit)
        return [one.structured() for one in page.events]

    async def numbers(self, unit: str) -> list[int]:
        """The numbers of a feed, in order."""
        return [event["feednumber"] for event in await self.pulled(unit)]

    async def rendered(self, after: int = 0) -> list[Message]:
        """What the relay would write of all rows behind an id."""
        return await self.delivery.render([row for row in await self.waiting() if row.id > after])

    async def waiting(self) -> Sequence[Row]:
        """Every row as the relay reads it."""
        async with self.database.autocommit() as raw:
            return (await read(raw, FEED, Cursor(), rows=100_000, size=2**30)).rows

    async def rows(self, query: str, *arguments: Any) -> list[Any]:
        """What a query finds."""
        async with self.database.autocommit() as raw:
            return list(await raw.fetch(query, *arguments))
