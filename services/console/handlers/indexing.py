"""Events of cases and tips on their way into the search: made of event content alone, so a replay is the same."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog

from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.dossier import DossierErased
from schemas.events.tip import TipHeld
from schemas.views import View
from services.console.model.findable import TIP, Findable, Subject, findable, narrowed, rows, seen_today, told_of
from services.console.model.roots import Roots
from services.console.model.tokens import Tokens
from services.console.repository import search
from services.policy import NARROWINGS, everyone_but

PURPOSE = "index"
"""Why keys are opened here; it stands in the audit."""
_NARROWING = frozenset(row.state for row in NARROWINGS)


class Indexing:
    """What the group of the search does with events."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def add(self, events: Sequence[Event[Any]], uow: UnitOfWork) -> None:
        """Let units find what they see of these events; one that is kept already changes nothing."""
        told, about = _subjects(events), _about(events)
        denials = await search.lock_origins(uow.raw, set().union(*about.values()))
        locked = await search.lock_subjects(uow.raw, told)
        gone = await search.erased(uow.raw, denials)
        whole = [event for event in events if not _dossiers(event) & gone]
        found = [one for event in await _opened(whole, uow) for one in self._found(event, locked)]
        fresh = await search.append(uow.raw, found)
        subjects = {id_: subject for id_, (subject, _) in locked.items()}
        held = {id_ for id_, (_, known) in locked.items() if known or any(denials[origin] for origin in about[id_])}
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
        subjects = await search.concerned(uow.raw, tips)
        await search.hold(uow.raw, tips)
        await search.mark_held(uow.raw, subjects)
        await _look_again(list(subjects.values()), uow)

    async def erase(self, events: Sequence[Event[DossierErased]], uow: UnitOfWork) -> None:
        """Let nobody find what erased dossiers said, nor what comes later of what they said before."""
        gone = {UUID(event.envelope.subject) for event in events}
        await search.lock_origins(uow.raw, gone)
        subjects = await search.concerned(uow.raw, gone)
        await search.erase(uow.raw, gone)
        await _look_again([one for id_, one in subjects.items() if id_ not in gone], uow)
        structlog.get_logger().info("search_erased", dossiers=len(gone), subjects=len(subjects))

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
    kept = await search.entries(uow.raw, by_id)
    roots = await search.roots(uow.raw, subjects, kept)
    await search.remove(uow.raw, [one for one in kept if _lost(one, by_id[one.subject], roots[one.subject])])
    await search.replace(uow.raw, by_id, rows(seen_today(kept, roots, by_id), by_id))


def _lost(kept: Findable, subject: Subject, roots: Roots) -> bool:
    """Whether an entry is hidden for good: a fact about a case as a whole may come back with another origin."""
    return kept.withheld(roots) and (kept.origin is not None or subject.aggregate == TIP)


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


def _about(events: Iterable[Event[Any]]) -> dict[UUID, set[UUID]]:
    """By subject, all whose hold or erasure takes something of these events."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for event in events:
        subject, other = Subject.of(event), told_of(event)
        found[subject.id] |= {subject.id, *subject.origins, *([other] if other else [])}
    return found


def _dossiers(event: Event[Any]) -> frozenset[UUID]:
    """The record that the event is about and the one it tells of: erased, either takes the event out of the search."""
    return frozenset({UUID(event.envelope.subject), *filter(None, (told_of(event),))})


def _trusted(event: Event[TipHeld]) -> Collection[str]:
    """The integrity units that the tip does not name: whom tip.held is addressed to."""
    return [unit for unit in event.audience if "#" not in unit]
