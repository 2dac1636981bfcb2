"""Reads one record of a unit's topic: a command for its owner, or the reason why it is none."""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from bus.errors import Refused, Undecodable, UnknownMajor, UnknownType
from bus.frame import Frame, frame
from bus.identity import NewId
from bus.message import Record, Trust
from schemas.classification import SECRECY, bears_secrecy
from schemas.commands.signal import SignalSubmit
from schemas.commands.tip import TipForward
from schemas.envelope import MAX_EVENT_BYTES, Envelope, Event
from schemas.messages import CommandData
from schemas.messages import Message as Model
from schemas.problems import OVERSIZE, STATE_SECRET
from services.intake.gateway import problems
from services.intake.gateway.addressing import ready
from services.intake.gateway.sender import Sender
from services.intake.gateway.stated import Stated


@dataclass(frozen=True, slots=True)
class Letter:
    """One record, read. It has a `command` or a `refusal`, never both.

    `digest` is of what was said under this id; None where the id is not the sender's own or could not be read, so
    that nothing is remembered under it.
    """

    stated: Stated
    digest: bytes | None = None
    command: Event[Any] | None = None
    refusal: Refused | None = None
    envelope: Envelope | None = None


def read(record: Record, sender: Sender, new_id: NewId, now: datetime, pepper: bytes) -> Letter:
    """The record as a letter; whatever is wrong with it is in the letter's `refusal`. `pepper` keys its digest."""
    try:
        found = _frame(record)
    except Refused as refusal:
        return Letter(Stated.of(record, sender.unit), refusal=refusal)
    envelope = found.envelope
    stated = Stated(envelope.source, envelope.id, envelope.type)
    if envelope.unit != sender.unit:
        foreign = Refused(problems.foreign_source(envelope.unit, sender.unit), "/source")
        return Letter(stated, refusal=foreign, envelope=envelope)
    said = (envelope.type.encode(), (envelope.datarefhash or "").encode(), found.data)
    digest = hmac.digest(pepper, b"\n".join((b"letter", *said)), "sha256")
    try:
        command = ready(found, _command(found, sender), sender.actor, new_id, now)
    except Refused as refusal:
        return Letter(stated, digest, refusal=refusal, envelope=envelope)
    return Letter(stated, digest, command, envelope=envelope)


def _frame(record: Record) -> Frame:
    if len(record.value) > MAX_EVENT_BYTES:
        raise Refused(OVERSIZE.problem(), "/data")
    try:
        found = frame(record, Trust.UNIT)
    except Undecodable as error:
        raise Refused(problems.unreadable(error, record.value), _pointer(error.field)) from error
    # Ours alone: a unit's word would stand in the traces of the bus, and in what the bus answers because of it.
    return replace(found, envelope=found.envelope.model_copy(update={"traceparent": None}))


def _command(found: Frame, sender: Sender) -> CommandData:
    if found.envelope.secrecy is not None or _bears_secrecy(found.data):
        raise Refused(STATE_SECRET.problem(), "/secrecy")
    model = _model(found)
    if not issubclass(model, CommandData):
        raise Refused(problems.NOT_A_COMMAND, "/type")
    sender.allow(model)
    _check_reference(found.envelope, model)
    try:
        data: CommandData = found.event().data
    except Undecodable as error:
        raise Refused(problems.unreadable(error, found.data), _pointer(error.field)) from error
    if isinstance(data, TipForward) and data.details is not None:
        # Only intake can seal it: the tip's key is not the gateway's to open.
        raise Refused(problems.PERSONAL_BY_HTTP, "/details")
    return data


def _check_reference(envelope: Envelope, model: type[CommandData]) -> None:
    """Content by reference needs its hash, and a command that can pass it on."""
    if (envelope.dataref is None) != (envelope.datarefhash is None):
        raise Refused(problems.REFERENCE_IN_PART, "/datarefhash" if envelope.datarefhash is None else "/dataref")
    if envelope.dataref is not None and not issubclass(model, SignalSubmit):
        raise Refused(problems.NO_REFERENCE, "/dataref")


def _bears_secrecy(data: bytes) -> bool:
    """Parsed only where the word may stand in it, as it is or escaped; what is no JSON is told further on."""
    if SECRECY.encode() not in data and b"\\u" not in data:
        return False
    try:
        return bears_secrecy(from_json(data))
    except ValueError:
        return False


def _model(found: Frame) -> Model:
    try:
        return found.model()
    except (UnknownType, UnknownMajor) as error:
        problem = problems.unknown_type(found.envelope.type, other_major=isinstance(error, UnknownMajor))
        raise Refused(problem, "/type") from error


def _pointer(field: str | None) -> str | None:
    """A field as a JSON pointer: into the data for one of the data's own, else naming the attribute."""
    if field is None:
        return None
    return "/" + (field.removeprefix("data.") if field.startswith("data.") else field).replace(".", "/")
