"""A tip comes in: content and informant go to the vault, the rest becomes a tip at its desk.

A tip that names an officer or a unit is held before any event but `integrity.opened`: its desk never sees it again.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bus.commands import Answer
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.facts import latest_sight
from schemas.reference.validity import vietnam_date
from services import routing
from services.intake import problems
from services.intake.forms import DeskForm, TipEnter
from services.intake.handlers.integrity import open_integrity, speaks_of_an_officer
from services.intake.handlers.receive import drafted, receive, with_details
from services.intake.model import Tip, TipState
from services.intake.office import Office
from services.intake.places import placed_words, with_place
from services.intake.repository import tips
from services.intake.vault import VaultBlock

_CLOCK_SKEW = timedelta(minutes=5)


async def enter(command: TipEnter, receipt_hash: bytes, uow: UnitOfWork, office: Office) -> Answer:
    """Take in a tip; raises Refused for unknown codes, unknown units and a time of receipt in the future.

    The answer's result has tip_no, held and what the address was understood as, never the receipt: only its hash is
    stored anywhere.
    """
    now = uow.context.clock()
    command, placed = with_place(command, now, office)
    _check(command.form, now, office)
    tip = drafted(command, now, uow.context.new_id(), office)
    await uow.create_keys([tip.id])
    officer = speaks_of_an_officer(command.form.facts, vietnam_date(now), office.book)
    tip = await (_hold if officer or command.form.concerns_integrity else receive)(tip, command.form, uow, office)
    await tips.add_tip(uow.raw, tip, receipt_hash)
    block = VaultBlock(content=command.form.content, informant=command.form.informant)
    await tips.deposit(uow.raw, tip.id, office.vault.seal(tip.id, block))
    result = {"tip_no": tip.tip_no, "held": str(tip.held).lower()} | placed_words(placed)
    return Answer(accepted=True, about=tip.id, result=result)


def _check(form: DeskForm, now: datetime, office: Office) -> None:
    received = form.received_at or now
    if received > now + _CLOCK_SKEW:
        raise Refused(problems.RECEIVED_IN_FUTURE, "/received_at")
    at = vietnam_date(latest_sight(form.facts, received))
    for message in routing.unknown_codes(routing.RoutingFacts.of(form.facts), at, office.book):
        raise Refused(problems.unknown_code(message), "/facts")
    for position, unit in enumerate(form.named_units):
        if not office.book.has_unit(unit, vietnam_date(now)):
            raise Refused(problems.UNIT_UNKNOWN, f"/named_units/{position}")


async def _hold(tip: Tip, form: DeskForm, uow: UnitOfWork, office: Office) -> Tip:
    held = replace(tip, state=TipState.HELD, integrity_id=uow.context.new_id())
    open_integrity(held, form.details, None, uow, office)
    return await with_details(held, form, uow, office)
