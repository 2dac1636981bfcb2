"""What intake keeps of cases: which grew from a tip, who leads them, whether they are closed.

Made of event content only, so that a rebuild gives the same rows.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed, CaseSignalAdded, OriginKind
from services.intake.repository import cases, erasing


async def origin_became_case(events: Sequence[Event[CaseProposed | CaseSignalAdded]], uow: UnitOfWork) -> None:
    """Remember the case that a tip or signal proposed or joined: its dossier is not erased while that is open."""
    told = [(event.data.origin.kind, (_case(event), event.data.origin.id)) for event in events]
    of_tips = [pair for kind, pair in told if kind is OriginKind.TIP]
    of_signals = [pair for kind, pair in told if kind is OriginKind.SIGNAL]
    if of_tips:
        await cases.add_case_tips(uow.raw, of_tips)
    if of_signals:
        await erasing.add_case_signals(uow.raw, of_signals)


async def case_found_lead(events: Sequence[Event[CaseClaimed]], uow: UnitOfWork) -> None:
    """Remember who leads: that unit may open the content of the case's tips."""
    await cases.save_case_leads(uow.raw, list({_case(event): event.data.claimed_by for event in events}.items()))


async def case_ended(events: Sequence[Event[CaseClosed]], uow: UnitOfWork) -> None:
    """Tell the informants of its tips, by their receipts, that the matter is finished."""
    closed = {_case(event): event.envelope.acttime or event.envelope.time for event in events}
    await cases.close_cases(uow.raw, list(closed.items()))


def _case(event: Event[Any]) -> UUID:
    return UUID(event.envelope.subject)
