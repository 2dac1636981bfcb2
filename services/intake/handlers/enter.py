"""A tip comes in: content and informant go to the vault, the rest becomes a tip at its desk.

A tip that names an officer or a unit is held before any event but `integrity.opened`: its desk never sees it again.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bus.commands import Answer
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.events.tip import Channel, TipReceived
from schemas.facts import latest_sight
from schemas.reference.validity import vietnam_date
from services import audience, routing
from services.intake import problems
from services.intake.details import lock, naming_kinds
from services.intake.forms import DeskForm, TipEnter
from services.intake.handlers.integrity import open_integrity, speaks_of_an_officer
from services.intake.handlers.published import personal
from services.intake.model import Shown, Tip, TipState
from services.intake.office import REGULATION, Office
from services.intake.pseudonym import informant_ref, tip_no
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
    tip = _tip(command, now, uow.context.new_id(), office)
    await uow.create_keys([tip.id])
    officer = speaks_of_an_officer(command.form.facts, vietnam_date(now), office.book)
    tip = await (_hold if officer or command.form.concerns_integrity else _receive)(tip, command.form, uow, office)
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


def _tip(command: TipEnter, now: datetime, tip_id: UUID, office: Office) -> Tip:
    form = command.form
    received = form.received_at or now
    return Tip(
        id=tip_id,
        tip_no=tip_no(command.desk, received, office.random),
        desk=command.desk,
        channel=form.channel,
        received_at=received,
        state=TipState.RECEIVED,
        shown=Shown.RECEIVED,
        shown_since=now,
        facts=naming_kinds(form.facts, form.details),
        informant_ref=informant_ref(form.informant, office.pepper, office.random),
        receiver=command.receiver,
        recording_ref=form.recording_ref,
        language=form.language,
        urgent=form.urgent,
        wants_feedback=form.informant.wants_feedback,
        named_units=form.named_units,
    )


async def _hold(tip: Tip, form: DeskForm, uow: UnitOfWork, office: Office) -> Tip:
    held = replace(tip, state=TipState.HELD, integrity_id=uow.context.new_id())
    open_integrity(held, form.details, None, uow, office)
    return await _with_details(held, form, uow, office)


async def _receive(tip: Tip, form: DeskForm, uow: UnitOfWork, office: Office) -> Tip:
    received = TipReceived(
        tip_no=tip.tip_no,
        desk=tip.desk,
        holder=tip.desk,
        channel=tip.channel,
        received_at=tip.received_at,
        receiver=tip.receiver,
        line=form.line,
        recording_ref=tip.recording_ref,
        informant_ref=tip.informant_ref,
        wants_feedback=tip.wants_feedback,
        urgent=tip.urgent,
        language=tip.language,
        facts=tip.facts,
        personal=personal(tip.id, form.details),
    )
    uow.publish(
        received,
        subject=tip.id,
        sequence=1,
        audience=audience.tip_at_desk(tip.desk),
        unit=tip.desk,
        acttime=tip.received_at,
        legalbasis=office.web_decision if tip.channel is Channel.WEB else REGULATION,
    )
    return await _with_details(replace(tip, sequence=1), form, uow, office)


async def _with_details(tip: Tip, form: DeskForm, uow: UnitOfWork, office: Office) -> Tip:
    if form.details is None:
        return tip
    keys = await uow.open_keys([tip.id], "receive")
    return replace(tip, details=lock(form.details, tip.id, keys[tip.id], office.random))
