"""Every event of the log goes into the feeds of those who may see it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

import structlog

from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.dossier import DossierErased
from schemas.views import View
from services import audience
from services.notifications.model.denials import Denials, learned
from services.notifications.model.mention import Mention, case_of, origins
from services.notifications.model.numbering import Destined, Numbering, recipients
from services.notifications.model.progress import progressed
from services.notifications.repository import denials, erasures, feeds, progress
from services.notifications.repository.feeds import Kept
from services.policy import narrower

PURPOSE = "deliver"
"""Why keys are opened here; it stands in the audit."""


async def append(events: Sequence[Event[Any]], uow: UnitOfWork) -> None:
    """Number the events in each feed that they belong to. Raises `SealBroken` for one that could never be opened.

    What these very events deny is denied to the rest of them. Denials, origins and states of tips are written before
    any counter is locked, by every writer, so that no two wait for each other.
    """
    await denials.deny(uow.raw, learned(events), uow.context.clock())
    await denials.add_origins(uow.raw, origins(events))
    await progress.note(uow.raw, progressed(events))
    kept = {place: Kept(event, Mention.of(event)) for place, event in enumerate(events)}
    barred = await denials.denials(uow.raw, [one.mention for one in kept.values()])
    carried = await erasures.carriers(uow.raw, [one.mention.subject for one in kept.values() if ends(one.event)])
    destined = [
        one for place, item in kept.items() for one in destinations(place, item, barred, members(item.event, carried))
    ]
    await _prove_seals(kept, destined, uow)
    if destined:
        await _number(kept, destined, uow)


def destinations(
    place: int, kept: Kept, barred: Denials, carried: Mapping[str, View] = MappingProxyType({})
) -> list[Destined]:
    """The feeds that one event goes into. What names a held tip gets no number there: not even that it exists shows.

    `carried` are the units that were shown the dossier which the event ends, and how much they saw of it.
    """
    event = kept.event
    named = recipients(event.audience)
    return [
        Destined(place, unit, view, event.envelope.id, case_of(event))
        for unit, view in sorted({**carried, **named}.items())
        if not barred.bar(kept.mention, unit)
    ]


def ends(event: Event[Any]) -> bool:
    """Whether the event ends a dossier."""
    return isinstance(event.data, DossierErased)


def members(event: Event[Any], carried: Mapping[UUID, Mapping[str, View]]) -> Mapping[str, View]:
    """Who stands in the relation of carriers, if the owner granted it anything: each to what it saw, at most."""
    subject = UUID(event.envelope.subject)
    granted = event.audience.get(audience.carriers(subject), View.NONE) if ends(event) else View.NONE
    found = {unit: narrower(view, granted) for unit, view in carried.get(subject, {}).items()}
    return {unit: view for unit, view in found.items() if view is not View.NONE}


async def _prove_seals(kept: dict[int, Kept], destined: Sequence[Destined], uow: UnitOfWork) -> None:
    """Open once what will be opened at the doors: a broken seal is parked here, where it stops nobody else."""
    full = {one.place for one in destined if one.view is View.FULL}
    await uow.unseal([kept[place].event for place in sorted(full) if kept[place].event.data.sealed], PURPOSE)


async def _number(kept: dict[int, Kept], destined: Sequence[Destined], uow: UnitOfWork) -> None:
    last = await feeds.lock(uow.raw, {one.unit for one in destined})
    absent = await feeds.absent(uow.raw, destined)
    if not absent:
        return
    counts = Numbering(last, await feeds.case_counts(uow.raw, absent))
    numbered = [counts.number(one) for one in absent]
    used = {one.place for one in absent}
    await feeds.append(uow.raw, {place: kept[place] for place in used}, numbered, counts)
    uow.wake_relays()
    structlog.get_logger().info("feed_appended", events=len(used), rows=len(numbered), units=len(last))
