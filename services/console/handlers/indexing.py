"""Events of cases and tips on their way into the search: made of event content alone, so a replay is the same."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog

from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.tip import TipHeld
from schemas.views import View
from services.console.model.findable import Findable, Subject, findable, narrowed, rows, seen_today
from services.console.model.tokens import Tokens
from services.console.repository import search
from services.policy import NARROWINGS, denied, everyone_but

PURPOSE = "index"
"""Why keys are opened here; it stands in the audit."""
_NARROWING = frozenset(row.state for row in NARROWINGS)


class Indexing:
    """What the group of the search does with events."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def add(self, events: Sequence[Event[Any]], uow: UnitOfWork) -> None:
        """Let units find what they see of these events; one that is kept already changes nothing."""
        told = _subjects(events)
        denials = await search.lock_origins(uow.raw, {origin for one in told for origin in one.origins})
        locked = await search.lock_subjects(uow.raw, told)
        found = [one for event in await _opened(events, uow) for one in self._found(event, locked)]
        allowed = [one for one in found if one.origin is None or not denied(one.unit, denials[one.origin])]
        fresh = await search.append(uow.raw, allowed)
        subjects = {id_: subject for id_, (subject, _) in locked.items()}
        held = {id_ for id_, (_, known) in locked.items() if known}
        held |= {one.id for one in told if any(denials[origin] for origin in one.origins)}
        await search.mark_held(uow.raw, held)
        again = held | await self._narrow([one for one in subjects.values() if one.state in _NARROWING], uow)
        await search.widen(uow.raw, rows([one for one in fresh if one.subject not in again], subjects))
        await _look_again([subjects[id_] for id_ in again], uow)
        structlog.get_logger().info("search_grown", events=len(events), entries=len(fresh))

    async def withhold(self, events: Sequence[Event[TipHeld]], uow: UnitOfWork) -> None:
        """Take held tips, and all that came of them, out of what the denied may find.

        A tip that is held already stays so as it was. One that nothing came of yet is remembered for when it does.
        """
        tips = {UUID(event.envelope.subject): everyone_but(_trusted(event)) for event in events}
        await search.lock_origins(uow.raw, tips)
        subjects = await search.grown_from(uow.raw, tips)
        await search.hold(uow.raw, tips)
        await search.mark_held(uow.raw, subjects)
        await _look_again(list(subjects.values()), uow)

    def _found(self, event: Event[Any], locked: dict[UUID, search.Locked]) -> Iterable[Findable]:
        subject, _ = locked[UUID(event.envelope.subject)]
        return findable(event, subject.state, self._tokens)

    async def _narrow(self, tips: Sequence[Subject], uow: UnitOfWork) -> set[UUID]:
        """Cut what is kept of these tips by their states of now; returns those of which less is left."""
        by_id = {one.id: one for one in tips}
        kept = await search.entries(uow.raw, by_id)
        less = [one for one in kept if narrowed(one, by_id[one.subject], self._tokens) != one]
        await search.narrow(uow.raw, [narrowed(one, by_id[one.subject], self._tokens) for one in less])
        return {one.subject for one in less}


async def _look_again(subjects: Collection[Subject], uow: UnitOfWork) -> None:
    """Make the rows anew where something is held or narrowed: what was found may be found no more."""
    by_id = {one.id: one for one in subjects}
    if not by_id:
        return
    roots = await search.roots(uow.raw, subjects)
    kept = await search.entries(uow.raw, by_id)
    # What came of a held origin is lost for good; a fact about the case as a whole may come back with another origin.
    lost = [one for one in kept if one.origin is not None and roots[one.subject].withheld(one.origin, one.unit)]
    await search.remove(uow.raw, lost)
    await search.replace(uow.raw, by_id, rows(seen_today(kept, roots, by_id), by_id))


async def _opened(events: Sequence[Event[Any]], uow: UnitOfWork) -> list[Event[Any]]:
    """The events, opened by one audited call where some unit sees all of them."""
    found = list(events)
    full = [place for place, one in enumerate(found) if one.data.sealed and View.FULL in one.audience.values()]
    for place, opened in zip(full, await uow.unseal([found[place] for place in full], PURPOSE), strict=True):
        found[place] = opened
    return found


def _subjects(events: Iterable[Event[Any]]) -> list[Subject]:
    found: dict[UUID, Subject] = {}
    for event in events:
        one = Subject.of(event)
        found[one.id] = found[one.id].with_(one) if one.id in found else one
    return list(found.values())


def _trusted(event: Event[TipHeld]) -> Collection[str]:
    """The integrity units that the tip does not name: whom tip.held is addressed to."""
    return [unit for unit in event.audience if "#" not in unit]
