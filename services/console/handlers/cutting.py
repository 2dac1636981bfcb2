"""Kept entries on their way to a viewer: held ones left out, the rest cut, and opened only where the view is full."""

from collections.abc import Callable, Collection, Mapping, Sequence
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
from services.console.handlers.sketching import sketched
from services.console.model.entry import Kept
from services.console.model.roots import Roots
from services.console.model.seen import Seen, placed_at, tidied

Choice = Callable[[Sequence[Seen]], Collection[str]]
"""Which of the sketched entries of a case a page shows in words, by their ids."""
PURPOSE = "show"
"""Why keys are opened here; it stands in the audit."""


class Cutting:
    """The one way from what is kept to what is shown; every door of console goes through it."""

    def __init__(self, book: ReferenceBook) -> None:
        self._book = book

    async def seen(
        self, kept: Sequence[Kept], unit: str, roots: Mapping[UUID, Roots], uow: UnitOfWork, *, opening: bool = True
    ) -> dict[UUID, list[Seen]]:
        """What the unit sees of these entries, by case, in display order; keys are opened by one audited call.

        Without `opening` no key is asked for, and what is sealed is not told: a list needs none of it.
        """
        views = [roots.get(one.entry.case_id, Roots()).view(one.entry, unit) for one in kept]
        visible = [(one, view) for one, view in zip(kept, views, strict=True) if view > View.NONE]
        events = await _opened(visible, uow) if opening else [_event(one) for one, _ in visible]
        found: dict[UUID, list[Seen]] = {}
        for (one, view), event in zip(visible, events, strict=True):
            found.setdefault(one.entry.case_id, []).append(self._cut(one, view, event, uow))
        return {case_id: sorted(told, key=lambda one: one.order) for case_id, told in found.items()}

    async def seen_in_part(
        self, kept: Sequence[Kept], unit: str, roots: Roots, choose: Choice, uow: UnitOfWork
    ) -> list[Seen]:
        """What the unit sees of one case: cut and opened what `choose` asks for by id, the rest as sketches."""
        views = {one.entry.event_id: roots.view(one.entry, unit) for one in kept}
        visible = [one for one in kept if views[one.entry.event_id] > View.NONE]
        sketches = [sketched(one, views[one.entry.event_id]) for one in visible]
        chosen = choose(sketches)
        wanted = [one for one in visible if one.entry.event_id in chosen]
        case_roots = {one.entry.case_id: roots for one in wanted}
        opened = {one.id: one for found in (await self.seen(wanted, unit, case_roots, uow)).values() for one in found}
        told = [opened.get(sketch.id, sketch) for sketch in sketches]
        return sorted(told, key=lambda one: one.order)

    def _cut(self, kept: Kept, view: View, event: Event[Any], uow: UnitOfWork) -> Seen:
        entry = kept.entry
        return Seen(
            id=entry.event_id,
            kind=entry.kind,
            view=view,
            unit=event.envelope.unit,
            acttime=placed_at(view, entry.acttime, entry.recordedtime),
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
