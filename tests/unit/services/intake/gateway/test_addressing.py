"""A unit's command on its way to its owner: what it stated of traces stays behind, and ours begins."""

import pytest

import reference
from builders import NOW, example
from bus.identity import uuid7
from bus.message import Record, Trust
from bus.tracing import OFF, Off
from bus.wire import decode
from gateway_builders import UNIT, binary, body, sent
from schemas.commands import CaseClaim
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from schemas.topics import Topics
from services.intake.gateway.addressing import addressed
from services.intake.gateway.reading import Letter, read
from services.intake.gateway.sender import Sender

STATED, OURS = "00-" + "a" * 32 + "-" + "b" * 16 + "-01", "00-" + "c" * 32 + "-" + "d" * 16 + "-01"
SENDER = Sender.of(UNIT, ReferenceBook.load(reference.folder()), vietnam_date(NOW))


class Heard(Off):
    """Somebody listens, and every row is the same."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str | None]] = []

    def written(self, topic: str, cause: str | None) -> str | None:
        self.told.append((topic, cause))
        return OURS


def letter() -> Letter:
    return read(binary(example(CaseClaim), traceparent=STATED), SENDER, uuid7, NOW, b"p" * 32)


@pytest.mark.parametrize("record", [binary(traceparent=STATED), sent(body(traceparent=STATED, type="vn.phoihop.x.v1"))])
def test_what_a_unit_states_of_a_trace_is_not_read(record: Record) -> None:
    found = read(record, SENDER, uuid7, NOW, b"p" * 32)
    assert found.envelope
    assert found.envelope.traceparent is None


def test_without_a_listener_a_command_goes_on_without_a_trace() -> None:
    command = letter().command
    assert command
    message, _ = addressed(command, Topics(), OFF)
    assert decode(message, Trust.INBOUND).envelope.traceparent is None


def test_a_trace_of_ours_begins_there() -> None:
    heard, command = Heard(), letter().command
    assert command
    message, _ = addressed(command, Topics(), heard)
    assert decode(message, Trust.INBOUND).envelope.traceparent == OURS
    assert heard.told == [("phoihop.cases.inbound.v1", None)]
