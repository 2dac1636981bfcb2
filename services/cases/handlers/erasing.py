"""The end of a case, and of what it grew from, as the law on personal data asks for them."""

from collections.abc import Sequence
from uuid import UUID

from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.dossier import DossierErased, DossierKind, Ground
from schemas.problems import ERASURE_BARRED, FORBIDDEN
from services import audience, policy
from services.cases import problems
from services.cases.model.case import State
from services.cases.model.denial import Denial
from services.cases.repository import erasing
from services.cases.repository.erasing import CaseKept
from services.dossiers import Erasure, Held, Kept
from services.policy import Actor, Resource

_BASIS_CHARS = 300
"""The envelope takes no more; the whole basis stands in the event's data."""
_KEPT = (
    Kept(place="cases.case_file", what="keyed hash of the subject; number, rule, lead and state in clear"),
    Kept(place="cases.case_origin", what="what tips and signals brought, in clear; their own values end with them"),
    Kept(place="cases.case_claim", what="names of the officers who claimed"),
    Kept(place="cases.command", what="keyed hash of what was said, 90 days"),
)


async def forget_origins(events: Sequence[Event[DossierErased]], uow: UnitOfWork) -> None:
    """A case forgets by whom or what it was known once everything that it grew from is erased."""
    await erasing.forget_origins(uow.raw, [UUID(event.envelope.subject) for event in events])


async def held(dossier: UUID, actor: Actor, uow: UnitOfWork) -> Held:
    """What is held of this case. Raises Refused: not-found unless the actor's unit answers for it."""
    return _told(await _found(dossier, actor, "privacy.export", uow))


async def erase(order: Erasure, actor: Actor, uow: UnitOfWork) -> Held:
    """End the case, unless it has ended.

    Raises Refused: not-found as `held` does, and erasure-barred while a request meets a case that is not closed.
    """
    found = await _found(order.dossier, actor, "privacy.erase", uow)
    if found.erased_at is not None:
        return _told(found)
    if found.state is not State.CLOSED and order.ground is Ground.REQUEST:
        raise Refused(ERASURE_BARRED.problem())
    await end(found, order, uow)
    return _told(await _found(order.dossier, actor, "privacy.erase", uow))


async def end(found: CaseKept, order: Erasure, uow: UnitOfWork) -> None:
    """Destroy the key of a locked case, forget its subject, and say so."""
    now, sequence = uow.context.clock(), found.sequence + 1
    await uow.destroy_keys([found.id], order.by, order.basis)
    await erasing.erase_case(uow.raw, found.id, now, sequence)
    uow.publish(
        DossierErased(
            dossier=DossierKind.CASE, ground=order.ground, basis=order.basis, erased_at=now, holder=found.keeper
        ),
        subject=found.id,
        sequence=sequence,
        audience=audience.dossier_erased(found.id, found.keeper),
        unit=found.keeper,
        acttime=now,
        legalbasis=order.basis[:_BASIS_CHARS],
    )


async def _found(dossier: UUID, actor: Actor, action: str, uow: UnitOfWork) -> CaseKept:
    """The case that the actor's unit answers for. The role is asked for first; a hidden case never was."""
    decision = policy.decide(actor, action, Resource(holder=actor.unit))
    if not decision.allowed:
        raise Refused(FORBIDDEN.problem(decision.vi, decision.en))
    found = await erasing.case_for_update(uow.raw, dossier)
    if found is None or found.hidden or found.keeper != actor.unit:
        raise Refused(problems.denied(Denial.UNKNOWN))
    return found


def _told(found: CaseKept) -> Held:
    return Held(
        dossier=found.id,
        kind=DossierKind.CASE,
        keeper=found.keeper,
        number=found.case_no,
        state=found.state.value,
        since=found.claimed_at,
        open=found.state is not State.CLOSED,
        erased_at=found.erased_at,
        kept=_KEPT if found.erased_at is None else (),
    )
