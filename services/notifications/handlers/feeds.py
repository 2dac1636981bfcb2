"""Every event of the log goes into the feeds of those who may see it."""

from collections.abc import Sequence
from typing import Any

import structlog

from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.views import View
from services.notifications.model.denials import Denials, learned
from services.notifications.model.mention import Mention, case_of, origins
from services.notifications.model.numbering import Destined, Numbering, recipients
from services.notifications.model.progress import progressed
from services.notifications.repository import denials, feeds, progress
from services.notifications.repository.feeds import Kept

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
    destined = [one for place, item in kept.items() for one in destinations(place, item, barred)]
    await _prove_seals(kept, destined, uow)
    if destined:
        await _number(kept, destined, uow)


def destinations(place: int, kept: Kept, barred: Denials) -> list[Destined]:
    """The feeds that one event goes into. What names a held tip gets no number there: not even that it exists shows."""
    event = kept.event
    return [
        Destined(place, unit, view, event.envelope.id, case_of(event))
        for unit, view in recipients(event.audience).items()
        if not barred.bar(kept.mention, unit)
    ]


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
