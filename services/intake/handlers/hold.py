"""The desk finds that a tip names an officer or a unit and lets go of it to the integrity route."""

from bus.commands import Answer
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.commands.tip import TipHold
from schemas.envelope import Event
from schemas.events.tip import TipHeld, TipWithdrawn
from schemas.reference.validity import vietnam_date
from services import audience
from services.intake import problems
from services.intake.handlers.integrity import open_integrity
from services.intake.handlers.own import own_tip, state_refused
from services.intake.handlers.published import opened_details, tell
from services.intake.model import StateError, Tip
from services.intake.office import Office
from services.intake.repository import tips
from services.policy import Actor


async def hold(command: Event[TipHold], actor: Actor, uow: UnitOfWork, office: Office) -> Answer:
    """Hold: withdrawn from where it was, then held, then opened for the integrity units.

    The answer names no tip: from here on nobody at the desk is told anything of it.
    """
    order = command.data
    tip = await own_tip(order.tip_id, actor, "tip.hold", uow)
    today = vietnam_date(uow.context.clock())
    for position, unit in enumerate(order.named_units):
        if not office.book.has_unit(unit, today):
            raise Refused(problems.UNIT_UNKNOWN, f"/named_units/{position}")
    integrity_id = uow.context.new_id()
    try:
        held = tip.hold(order.named_units, integrity_id)
    except StateError as error:
        raise state_refused(error) from error
    told = audience.tip_withdrawn(_had(tip), held.named_units, office.book, today)
    trusted = audience.integrity_opened(held.named_units, office.book, today)
    withdrawn = TipWithdrawn(tip_no=tip.tip_no, desk=tip.desk, holder=tip.desk)
    tell(held, withdrawn, told, uow, command, sequence=tip.sequence + 1)
    tell(held, TipHeld(tip_no=tip.tip_no, desk=tip.desk, integrity_id=integrity_id), trusted, uow, command)
    open_integrity(held, await opened_details(tip, "integrity", uow), tip.state, uow, office)
    await tips.save_tip(uow.raw, held)
    return Answer(accepted=True, about=None, result={})


def _had(tip: Tip) -> frozenset[str]:
    """The units whose feeds carried the tip; what came of it in a case is withdrawn by those who read `tip.held`."""
    parties = () if tip.route is None else (tip.route.lead, *tip.route.co)
    return frozenset({tip.desk, *parties})
