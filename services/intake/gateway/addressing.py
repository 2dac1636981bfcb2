"""A unit's command made ready for its owner: numbered, freed of what only the bus may say, small enough when sealed."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.errors import EventTooLarge, Refused
from bus.frame import Frame
from bus.identity import NewId
from bus.message import Message
from bus.sealing import sealed_shape
from bus.tracing import Tracing
from bus.wire import encode
from schemas.commands.signal import SignalSubmit
from schemas.envelope import Envelope, Event
from schemas.messages import CommandData, schema_urn
from schemas.problems import OVERSIZE
from schemas.topics import Topics
from schemas.views import View
from services.policy import Actor

_BUS_SAYS: dict[str, Any] = {"sealed": {}, "personal": {}, "erased": ()}
_INSIDE = ("sequence", "correlationid", "causationid", "feednumber", "casenumber")


def ready(found: Frame, data: CommandData, actor: Actor, new_id: NewId, now: datetime) -> Event[Any]:
    """The command as its owner gets it, its personal part still open. Raises Refused if it would grow past 64 KiB."""
    data = _numbered(data, new_id) if isinstance(data, SignalSubmit) else data.model_copy(update=_BUS_SAYS)
    command = Event(_envelope(found.envelope, data, now), data, actor=actor.told())
    try:
        encode(sealed_shape(command), "")
    except EventTooLarge as error:
        raise Refused(OVERSIZE.problem(), "/data") from error
    return command


def addressed(command: Event[Any], topics: Topics, tracing: Tracing) -> tuple[Message, UUID]:
    """The sealed command on its owner's inbound topic, and the aggregate whose order it keeps.

    Its trace begins here: what the unit stated of one was left behind at reading.
    """
    topic = topics.inbound(command.data.OWNER)
    envelope = command.envelope.model_copy(update={"traceparent": tracing.written(topic, None)})
    message = encode(replace(command, envelope=envelope), topic)
    return message, UUID(command.data.addressed())


def _numbered(data: SignalSubmit, new_id: NewId) -> SignalSubmit:
    """The signal under its own number, its personal part as the dossier's."""
    number = new_id()
    personal = {} if data.details is None else {number: data.details}
    return data.model_copy(update=_BUS_SAYS | {"signal_id": number, "details": None, "personal": personal})


def _envelope(stated: Envelope, data: CommandData, now: datetime) -> Envelope:
    ours = {
        "subject": data.addressed(),
        "partitionkey": data.addressed(),
        "dataschema": schema_urn(type(data), View.FULL),
        "recordedtime": now,
    }
    return stated.model_copy(update=ours | dict.fromkeys(_INSIDE))
