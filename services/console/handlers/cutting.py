"""Kept entries on their way to a viewer: held ones left out, the rest cut, and opened only where the view is full."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bus.message import Message
from bus.uow import UnitOfWork
from bus.wire import decode
from schemas.cut import cut
from schemas.envelope import Event
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from schemas.views import View
from services.console.model.entry import Kept
from services.console.model.roots import Roots
from services.console.model.seen import Seen, tidied

PURPOSE = "show"
"""Why keys are opened here; it stands in the audit."""


class Cutting:
    """The one way from what is kept to what is shown; every door of console goes through it."""

    def __init__(self, book: ReferenceBook) -> None:
        self._book = book

    async def seen(
        self, kept: Sequence[Kept], unit: str, roots: Mapping[UUID, Roots], uow: UnitOfWork
    ) -> dict[UUID, list[Seen]]:
        """What the unit sees of these entries, by case, in the order given; keys are opened by one audited call."""
        views = [roots.get(one.entry.case_id, Roots()).view(one.entry, unit) for one in kept]
        visible = [(one, view) for one, view in zip(kept, views, strict=True) if view > View.NONE]
        events = await _opened(visible, uow)
        found: dict[UUID, list[Seen]] = {}
        for (one, view), event in zip(visible, events, strict=True):
            found.setdefault(one.entry.case_id, []).append(self._cut(one, view, event, uow))
        return found

    def _cut(self, kept: Kept, view: View, event: Event[Any], uow: UnitOfWork) -> Seen:
        entry = kept.entry
        return Seen(
            id=entry.event_id,
            kind=entry.kind,
            view=view,
            unit=event.envelope.unit,
            acttime=entry.acttime,
            recordedtime=entry.recordedtime,
            change=kept.change,
            data=tidied(cut(event, view, self._contact(event, uow))),
        )

    def _contact(self, event: Event[Any], uow: UnitOfWork) -> str | None:
        holder, today = event.data.holder, vietnam_date(uow.context.clock())
        return self._book.unit(holder, today).contact if holder and self._book.has_unit(holder, today) else None


async def _opened(visible: Sequence[tuple[Kept, View]], uow: UnitOfWork) -> list[Event[Any]]:
    events = [_event(kept) for kept, _ in visible]
    full = [place for place, (_, view) in enumerate(visible) if view is View.FULL and events[place].data.sealed]
    for place, opened in zip(full, await uow.unseal([events[place] for place in full], PURPOSE), strict=True):
        events[place] = opened
    return events


def _event(kept: Kept) -> Event[Any]:
    headers = tuple((name, value.encode()) for name, value in kept.headers.items())
    return decode(Message("case", str(kept.entry.case_id).encode(), kept.payload, headers))
