"""What a desk decides about a tip that it keeps: refuse, advise, link."""

from bus.commands import Answer
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.commands.tip import TipAdvise, TipLink, TipRefuse
from schemas.envelope import Event
from schemas.events.tip import TipAdvised, TipLinked, TipRefused
from schemas.reference.problems import UnknownCodeError
from schemas.reference.validity import vietnam_date
from services import audience
from services.intake import problems
from services.intake.handlers.own import own_tip, state_refused
from services.intake.handlers.published import tell
from services.intake.model import StateError, Tip
from services.intake.office import Office
from services.intake.repository import tips
from services.policy import Actor


async def refuse(command: Event[TipRefuse], actor: Actor, uow: UnitOfWork, office: Office) -> Answer:
    """Refuse on a ground of the table in force today."""
    order = command.data
    tip = await own_tip(order.tip_id, actor, "tip.refuse", uow)
    now = uow.context.clock()
    try:
        office.book.term("refusal_codes", order.code, vietnam_date(now))
        refused = tip.refuse(now)
    except UnknownCodeError as error:
        raise Refused(problems.REFUSAL_CODE_UNKNOWN, "/code") from error
    except StateError as error:
        raise state_refused(error) from error
    data = TipRefused(tip_no=tip.tip_no, desk=tip.desk, holder=tip.desk, code=order.code, reason=order.reason)
    tell(refused, data, audience.tip_at_desk(tip.desk), uow, command)
    return await saved(refused, uow)


async def advise(command: Event[TipAdvise], actor: Actor, uow: UnitOfWork, _office: Office) -> Answer:
    """Out of scope: record where the informant was told to go."""
    order = command.data
    tip = await own_tip(order.tip_id, actor, "tip.advise", uow)
    try:
        advised = tip.advise(uow.context.clock())
    except StateError as error:
        raise state_refused(error) from error
    data = TipAdvised(tip_no=tip.tip_no, desk=tip.desk, holder=tip.desk, advised_to=order.advised_to, note=order.note)
    tell(advised, data, audience.tip_at_desk(tip.desk), uow, command)
    return await saved(advised, uow)


async def link(command: Event[TipLink], actor: Actor, uow: UnitOfWork, _office: Office) -> Answer:
    """Say that it tells of the same thing as another tip of this desk; both stay visible, nothing is merged."""
    order = command.data
    tip = await own_tip(order.tip_id, actor, "tip.link", uow)
    if order.linked_to == tip.id:
        raise Refused(problems.LINK_TO_ITSELF, "/linked_to")
    other = await tips.find_tip(uow.raw, order.linked_to)
    if other is None or other.held or other.desk != tip.desk:
        raise Refused(problems.LINK_UNKNOWN, "/linked_to")
    try:
        linked = tip.link(other.id)
    except StateError as error:
        raise state_refused(error) from error
    data = TipLinked(tip_no=tip.tip_no, desk=tip.desk, holder=tip.desk, linked_to=other.id)
    tell(linked, data, audience.tip_at_desk(tip.desk), uow, command)
    return await saved(linked, uow)


async def saved(tip: Tip, uow: UnitOfWork) -> Answer:
    """Write the tip back and answer with its number and new state."""
    await tips.save_tip(uow.raw, tip)
    return Answer(accepted=True, about=tip.id, result={"tip_no": tip.tip_no, "state": tip.state.value})
