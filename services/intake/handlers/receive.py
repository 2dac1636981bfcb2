"""A tip that its desk may have: how it is written down, and how the desk is told."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bus.uow import UnitOfWork
from schemas.events.tip import Channel, TipReceived
from services import audience
from services.intake.details import lock, naming_kinds
from services.intake.forms import DeskForm, TipEnter
from services.intake.handlers.published import personal
from services.intake.model import Shown, Tip, TipState
from services.intake.office import REGULATION, Office
from services.intake.pseudonym import informant_ref, tip_no


def drafted(command: TipEnter, now: datetime, tip_id: UUID, office: Office) -> Tip:
    """The tip of a form as it is received, before anybody is told."""
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


async def receive(tip: Tip, form: DeskForm, uow: UnitOfWork, office: Office) -> Tip:
    """Publish `tip.received`, which reaches the desk alone; the tip's key must exist in this unit of work."""
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
    return await with_details(replace(tip, sequence=1), form, uow, office)


async def with_details(tip: Tip, form: DeskForm, uow: UnitOfWork, office: Office) -> Tip:
    """The tip with its personal part locked away under its own key."""
    if form.details is None:
        return tip
    keys = await uow.open_keys([tip.id], "receive")
    return replace(tip, details=lock(form.details, tip.id, keys[tip.id], office.random))
