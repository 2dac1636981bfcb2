"""A tip that went the integrity route is taken out of the cases that it contributed to."""

from collections.abc import Sequence
from uuid import UUID

from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.case import OriginKind
from schemas.events.tip import TipHeld
from services.cases.model.case import without
from services.cases.repository.cases import Cases


async def withhold(events: Sequence[Event[TipHeld]], uow: UnitOfWork) -> None:
    """Hide a case that grew from the tip alone; let one with other contributions go on without it.

    No event says so: readers deny the tip and everything that came of it by tip.held itself, and one more event on
    the case's topic would tell that something happened to it.
    """
    tips = [UUID(event.envelope.subject) for event in events]
    cases = Cases(uow.raw)
    affected = await cases.lock_grown_from(OriginKind.TIP, tips)
    await cases.withdraw(OriginKind.TIP, tips)
    remaining = await cases.grounds([case.id for case in affected])
    await cases.save([without(case, remaining[case.id]) for case in affected])
