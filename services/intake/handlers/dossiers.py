"""Tips and signals as the law on personal data asks about them, and their end.

What ends is the key, and with it every sealed copy wherever it lies. The vault's block, and what intake keeps beside
the sealed part, go in the same transaction, which also says `dossier.erased`. A second erasure finds nothing to do.
"""

from uuid import UUID

from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.events.dossier import DossierErased, DossierKind, Ground
from schemas.problems import ERASURE_BARRED
from services import audience
from services.dossiers import Erasure, Held, Kept, Values
from services.intake import problems
from services.intake.handlers.own import allow
from services.intake.handlers.published import opened_details
from services.intake.model import Tip, TipState
from services.intake.repository import erasing, tips
from services.intake.repository.erasing import SignalKept
from services.policy import Actor, Resource

PURPOSE = "export"
"""Why a key is opened for the answer to its person; it stands in the audit."""
SIGNAL_SEQUENCE = 2
"""A signal has one event, signal.detected; its erasure is the second and last."""
_ENDED = frozenset({TipState.REFUSED, TipState.ADVISED})
_BASIS_CHARS = 300
"""The envelope takes no more; the whole basis stands in the event's data."""
_SEALED = Kept(place="phoihop.*, feeds, timelines", what="sealed under the key of the dossier")
_TIP_KEPT: tuple[Kept, ...] = (
    Kept(place="intake.tip", what="facts in clear; identifiers, names, address sealed under the key of the dossier"),
    Kept(place="vault.tip", what="content and informant, sealed for the unmasking process"),
    Kept(place="intake.command, gateway.arrival", what="keyed hash of what was said, 90 days"),
    _SEALED,
)
_SIGNAL_KEPT: tuple[Kept, ...] = (
    Kept(place="intake.signal", what="the sender's reference"),
    Kept(place="intake.command, gateway.arrival", what="keyed hash of what was said, 90 days"),
    _SEALED,
)


async def held(dossier: UUID, actor: Actor, uow: UnitOfWork) -> Held:
    """What is held of this dossier. Raises Refused: not-found unless the actor's unit answers for it."""
    found = await _found(dossier, actor, "privacy.export", uow)
    told = await _told(found, uow)
    details = await opened_details(found, PURPOSE, uow) if isinstance(found, Tip) else None
    return told if details is None else told.model_copy(update={"values": Values.of(details)})


async def erase(order: Erasure, actor: Actor, uow: UnitOfWork) -> Held:
    """End the dossier, unless it has ended.

    Raises Refused: not-found as `held` does, and erasure-barred where a request meets a matter that is not finished.
    """
    found = await _found(order.dossier, actor, "privacy.erase", uow)
    told = await _told(found, uow)
    if told.erased_at is not None:
        return told
    if told.open and order.ground is Ground.REQUEST:
        raise Refused(ERASURE_BARRED.problem())
    await end(found, order, uow)
    return await _told(await _found(order.dossier, actor, "privacy.erase", uow), uow)


async def end(found: Tip | SignalKept, order: Erasure, uow: UnitOfWork) -> None:
    """Destroy the key of a locked tip or signal, let go of what lies beside it, and say so."""
    now = uow.context.clock()
    await uow.destroy_keys([found.id], order.by, order.basis)
    if isinstance(found, Tip):
        gone = found.erase(now)
        await erasing.erase_tip(uow.raw, gone)
        kind, keeper, sequence = DossierKind.TIP, found.desk, gone.sequence
    else:
        await erasing.erase_signal(uow.raw, found.id, now)
        kind, keeper, sequence = DossierKind.SIGNAL, found.sender, SIGNAL_SEQUENCE
    uow.publish(
        DossierErased(dossier=kind, ground=order.ground, basis=order.basis, erased_at=now, holder=keeper),
        subject=found.id,
        sequence=sequence,
        audience=audience.dossier_erased(found.id, keeper),
        unit=keeper,
        acttime=now,
        legalbasis=order.basis[:_BASIS_CHARS],
    )


async def _found(dossier: UUID, actor: Actor, action: str, uow: UnitOfWork) -> Tip | SignalKept:
    """The tip or signal that the actor's unit answers for, its row locked.

    The role is asked for first, whatever the id. One that never was, another unit's and a held tip then give one
    answer: nobody learns here of an integrity matter.
    """
    allow(actor, action, Resource(holder=actor.unit))
    found = await tips.tip_for_update(uow.raw, dossier) or await erasing.signal_for_update(uow.raw, dossier)
    if found is None or (isinstance(found, Tip) and found.held) or _keeper(found) != actor.unit:
        raise Refused(problems.DOSSIER_UNKNOWN)
    return found


def _keeper(found: Tip | SignalKept) -> str:
    return found.desk if isinstance(found, Tip) else found.sender


async def _told(found: Tip | SignalKept, uow: UnitOfWork) -> Held:
    if isinstance(found, SignalKept):
        return Held(
            dossier=found.id,
            kind=DossierKind.SIGNAL,
            keeper=found.sender,
            number=found.reference,
            state="taken",
            since=found.detected_at,
            open=not found.finished,
            erased_at=found.erased_at,
            kept=_SIGNAL_KEPT if found.erased_at is None else (),
        )
    ended = found.state in _ENDED or await erasing.cases_closed(uow.raw, found.id)
    return Held(
        dossier=found.id,
        kind=DossierKind.TIP,
        keeper=found.desk,
        number=found.tip_no,
        state=found.state.value,
        since=found.received_at,
        open=not ended,
        erased_at=found.erased_at,
        kept=_TIP_KEPT if found.erased_at is None else (),
    )
