"""Feeds read by number."""

from collections.abc import Sequence
from dataclasses import dataclass

from bus.uow import UnitsOfWork
from services.notifications.handlers.doors import Doorway
from services.notifications.model.shown import Shown
from services.notifications.repository import erasures, feeds


@dataclass(frozen=True, slots=True)
class Page:
    """Some events of a feed; `next` is the `after` with which the feed goes on."""

    events: Sequence[Shown]
    next: int


class Pull:
    """Reads pages of feeds."""

    def __init__(self, units: UnitsOfWork, doorway: Doorway) -> None:
        self._units = units
        self._doorway = doorway

    async def page(self, unit: str, after: int, limit: int) -> Page:
        """At most `limit` events behind `after`, fewer where they are large; empty at the end of the feed."""
        async with self._units.begin() as uow:
            rows = await feeds.page(uow.raw, unit, after, limit)
            shown = await self._doorway.shown(rows, uow) if rows else []
        return Page(shown, rows[-1].number if rows else after)

    async def acknowledge(self, unit: str, number: int) -> None:
        """The unit's system has everything up to this number: it asked for what stands behind it."""
        async with self._units.begin() as uow:
            await erasures.note_pull(uow.raw, unit, number, uow.context.clock())
