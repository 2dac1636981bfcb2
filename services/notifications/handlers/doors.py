"""What every door of a feed does before anything leaves: denials, opening, cutting."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from schemas.views import View
from services.notifications.handlers.feeds import PURPOSE
from services.notifications.model.denials import Denials
from services.notifications.model.progress import narrowable, narrowed
from services.notifications.model.recount import Place, recounted, thinned
from services.notifications.model.row import FeedRow
from services.notifications.model.shown import Shown, show, visible, withdrawn
from services.notifications.repository import denials, feeds, progress

_AS_PUBLISHED: Mapping[UUID, str] = MappingProxyType({})


class Doorway:
    """Turns rows into what their units may see at this moment."""

    def __init__(self, book: ReferenceBook) -> None:
        self._book = book

    async def shown(self, rows: Sequence[FeedRow], uow: UnitOfWork) -> list[Shown]:
        """The rows in their order, each cut to its view of today or, where a denial stands now, only its number."""
        states = await progress.states(uow.raw, narrowable(rows))
        held = await denials.denials(uow.raw, [row.mention for row in rows])
        today = recounted(narrowed(rows, states), await _withheld(rows, held, uow))
        return await self._cut(today, states, held, uow)

    async def delivered(self, rows: Sequence[FeedRow], uow: UnitOfWork) -> list[Shown]:
        """As `shown`, with the view and the case number given at publication: for what goes out for the first time."""
        held = await denials.denials(uow.raw, [row.mention for row in rows])
        return await self._cut(rows, _AS_PUBLISHED, held, uow)

    async def _cut(
        self, rows: Sequence[FeedRow], states: Mapping[UUID, str], held: Denials, uow: UnitOfWork
    ) -> list[Shown]:
        """Every event is decoded, opened and cut once a view, however many units get it.

        Keys are opened by one audited call, and none where no row shows its event in full.
        """
        open_rows = [row for row in rows if not held.withhold(row.mention, row.unit)]
        events = await _events(open_rows, uow)
        cuts: dict[tuple[str, View], Mapping[str, Any]] = {}
        for row in open_rows:
            if (row.event_id, row.view) not in cuts:
                event = events[row.event_id]
                state = states.get(row.mention.subject)
                cuts[row.event_id, row.view] = visible(event, row.view, self._contact(event, uow), state)
        allowed = {row.id for row in open_rows}
        return [
            show(row, events[row.event_id], cuts[row.event_id, row.view]) if row.id in allowed else withdrawn(row)
            for row in rows
        ]

    def has_topic(self, unit: str, uow: UnitOfWork) -> bool:
        """Whether the unit is in force today: topics are declared for those alone."""
        return self._book.has_unit(unit, vietnam_date(uow.context.clock()))

    def _contact(self, event: Event[Any], uow: UnitOfWork) -> str | None:
        holder, today = event.data.holder, vietnam_date(uow.context.clock())
        return self._book.unit(holder, today).contact if holder and self._book.has_unit(holder, today) else None


async def _withheld(rows: Sequence[FeedRow], held: Denials, uow: UnitOfWork) -> list[Place]:
    """What stands in the cases of these rows and is withheld from their units; nothing is asked where nothing is."""
    cases = thinned(rows, held)
    if not cases:
        return []
    origins = {origin for case in cases for origin in held.brought_to(case)}
    found = await feeds.brought(uow.raw, {row.unit for row in rows}, cases, origins)
    return [place for place in found if held.withhold(place.mention, place.unit)]


async def _events(rows: Sequence[FeedRow], uow: UnitOfWork) -> dict[str, Event[Any]]:
    """The events by id, opened where a row shows them in full."""
    first = {row.event_id: row for row in reversed(rows)}
    events = {event_id: row.event() for event_id, row in first.items()}
    full = dict.fromkeys(row.event_id for row in rows if row.view is View.FULL)
    sealed = [event_id for event_id in full if events[event_id].data.sealed]
    opened = await uow.unseal([events[event_id] for event_id in sealed], PURPOSE)
    return events | dict(zip(sealed, opened, strict=True))
