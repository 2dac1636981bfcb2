"""Events of cases, and holds, on their way into the timelines: made of event content alone, so a replay is the same."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog

from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.dossier import DossierErased
from schemas.events.tip import TipHeld
from services.console.model.entry import Entry
from services.console.model.sight import sights
from services.console.repository import origins, timelines
from services.console.repository import sights as seen
from services.console.repository.timelines import Change
from services.policy import everyone_but


async def add(events: Sequence[Event[Any]], uow: UnitOfWork) -> None:
    """Keep events of cases and show them to whom they concern; one that is kept already changes nothing."""
    kept = {(entry.case_id, entry.event_id): (entry, event) for event in events for entry in (Entry.of(event),)}
    denials = await origins.lock(uow.raw, {entry.origin for entry, _ in kept.values() if entry.origin})
    held = await timelines.lock(uow.raw, {case for case, _ in kept})
    fresh = await timelines.append(uow.raw, kept)
    if not fresh:
        return
    held |= {entry.case_id: True for entry, _ in fresh if entry.origin and denials[entry.origin]}
    await timelines.note(uow.raw, _changes(fresh, held))
    await seen.widen(uow.raw, sights([one for one in fresh if not held[one[0].case_id]], {}))
    await _look_again([case for case, holds in held.items() if holds], uow)
    uow.wake_relays()
    structlog.get_logger().info("timeline_grown", events=len(fresh), cases=len(held))


async def withhold(events: Sequence[Event[TipHeld]], uow: UnitOfWork) -> None:
    """Take held tips out of the timelines, and cases that grew from nothing else out of every list.

    A tip that is held already stays so as it was. One that no case grew from yet is remembered for when it does.
    """
    tips = {UUID(event.envelope.subject): everyone_but(_trusted(event)) for event in events}
    await origins.lock(uow.raw, tips)
    cases = await origins.grown_from(uow.raw, tips)
    await timelines.lock(uow.raw, cases)
    numbers = await origins.hold(uow.raw, tips)
    if numbers and cases:
        last = max(numbers.values())
        await timelines.note(uow.raw, {case: Change(last, held=True) for case in cases})
        await _look_again(cases, uow)
        uow.wake_relays()


async def erase(events: Sequence[Event[DossierErased]], uow: UnitOfWork) -> None:
    """Let pages that show values of erased dossiers be read anew. What is kept is sealed and opens no more."""
    gone = {UUID(event.envelope.subject) for event in events}
    await origins.lock(uow.raw, gone)
    cases = await origins.grown_from(uow.raw, gone)
    await timelines.lock(uow.raw, cases)
    last = await origins.erase(uow.raw, gone)
    if last and cases:
        await timelines.note(uow.raw, {case: Change(last) for case in cases})
        uow.wake_relays()


async def _look_again(cases: Sequence[UUID], uow: UnitOfWork) -> None:
    """Make the sights of cases anew where something is held: what was seen may be seen no more."""
    if cases:
        entries = await timelines.entries(uow.raw, cases)
        await seen.replace(uow.raw, cases, sights(entries, await origins.roots(uow.raw, cases)))


def _changes(fresh: Sequence[tuple[Entry, int]], held: Mapping[UUID, bool]) -> dict[UUID, Change]:
    last: dict[UUID, int] = {}
    for entry, change in fresh:
        last[entry.case_id] = max(change, last.get(entry.case_id, 0))
    return {case: Change(change, held=held[case]) for case, change in last.items()}


def _trusted(event: Event[TipHeld]) -> Collection[str]:
    """The integrity units that the tip does not name: whom tip.held is addressed to."""
    return [unit for unit in event.audience if "#" not in unit]
