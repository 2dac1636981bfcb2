"""What is wrong with a message is named, and what may not be believed is not."""

import json
from dataclasses import replace
from typing import Any

import pytest

from builders import A_CASE, A_SIGNAL, event, example
from bus.errors import Undecodable, UnknownMajor, UnknownType
from bus.frame import frame
from bus.message import Message, Trust
from bus.wire import decode, encode
from schemas.commands.case import CaseClaim
from schemas.envelope import MAX_EVENT_BYTES
from schemas.events.case import CaseClaimed
from schemas.views import View

TOPIC = "phoihop.case.v1"


def changed(message: Message, **named: bytes | None) -> Message:
    """The message with these headers changed, or left out where None."""
    kept = dict(message.headers) | {name.replace("__", "-"): value for name, value in named.items()}
    return replace(message, headers=tuple((name, value) for name, value in kept.items() if value is not None))


def structured(body: Any, content_type: bytes = b"application/cloudevents+json") -> Message:
    value = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Message("from.customs-hq", None, value, (("content-type", content_type),))


MINIMAL: dict[str, Any] = {
    "specversion": "1.0",
    "id": "k-1",
    "source": "/units/customs-hq/risk-engine",
    "type": "vn.phoihop.command.case.claim.v1",
    "time": "2026-11-23T07:32:00Z",
    "data": {"case_id": str(A_CASE)},
}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (MINIMAL | {"id": None}, "id"),
        (MINIMAL | {"id": "spaces are not ids"}, "id"),
        (MINIMAL | {"source": "/customs"}, "source"),
        (MINIMAL | {"type": "claim"}, "type"),
        (MINIMAL | {"time": "2026-11-23T07:32:00"}, "time"),
        (MINIMAL | {"specversion": "0.3"}, "specversion"),
        (MINIMAL | {"dataclassification": "cosmic"}, "dataclassification"),
        (MINIMAL | {"datacontenttype": "text/xml"}, "datacontenttype"),
        (MINIMAL | {"datacontenttype": 7}, "datacontenttype"),
        (MINIMAL | {"data": {"case_id": "1"}}, "data.case_id"),
        (MINIMAL | {"data": [1]}, "data"),
        ({name: value for name, value in MINIMAL.items() if name != "data"}, "data"),
        (MINIMAL | {"data_base64": "&"}, "data_base64"),
        (MINIMAL | {"data_base64": 1}, "data_base64"),
        (MINIMAL | {"data": {"case_id": str(A_CASE), "officer": "a\0b"}}, "data"),
        ([MINIMAL], None),
        (b"{", None),
        (b"\xff\xfe", None),
        (b"", None),
        (b'"' + b"x" * MAX_EVENT_BYTES + b'"', None),
    ],
)
def test_what_a_unit_sends_wrong_is_named(body: Any, field: str | None) -> None:
    with pytest.raises(Undecodable) as raised:
        decode(structured(body), Trust.UNIT)

    assert raised.value.field == field
    if field is not None:
        assert field in raised.value.reason or field.startswith("data")


def test_a_batch_of_events_is_not_an_event() -> None:
    with pytest.raises(Undecodable, match="one event a message"):
        decode(structured([MINIMAL], b"application/cloudevents-batch+json"), Trust.UNIT)


def test_what_is_wrong_is_said_without_the_value() -> None:
    with pytest.raises(Undecodable) as raised:
        decode(structured(MINIMAL | {"data": {"case_id": "0999 000 111"}}), Trust.UNIT)

    assert "0999" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("ce_subject", b"not-an-id", "subject"),
        ("ce_subject", b"01936F00-0000-7000-8000-000000000003", "subject"),
        ("ce_subject", str(A_SIGNAL).encode(), "subject"),
        ("ce_subject", None, "subject"),
        ("ce_sequence", None, "sequence"),
        ("ce_sequence", b"0", "sequence"),
        ("ce_sequence", b"one", "sequence"),
        ("ce_time", b"\xff", "time"),
        ("ce_legalbasis", b"a\0b", "legalbasis"),
        ("audience", b"[]", "audience"),
        ("audience", b'{"customs-79":"all"}', "audience"),
        ("audience", b"\xff", "audience"),
        ("content__type", b"text/plain", "datacontenttype"),
    ],
)
def test_on_the_log_of_record_a_wrong_header_is_named(name: str, value: bytes | None, field: str) -> None:
    message = changed(encode(event(example(CaseClaimed)), TOPIC), **{name: value})

    with pytest.raises(Undecodable) as raised:
        decode(message)

    assert raised.value.field == field


def test_a_header_without_a_value_is_named_too() -> None:
    message = encode(event(example(CaseClaimed)), TOPIC)
    nothing: Any = None

    with pytest.raises(Undecodable, match="ce_time"):
        decode(replace(message, headers=(*message.headers, ("ce_time", nothing))))


def test_the_key_must_be_the_subject_on_the_log_of_record() -> None:
    message = encode(event(example(CaseClaimed)), TOPIC)

    with pytest.raises(Undecodable, match="key"):
        decode(replace(message, key=None))


def test_beside_the_event_only_what_the_topic_may_say_is_believed() -> None:
    said = replace(event(example(CaseClaimed), audience={"customs-79": View.FULL}), actor="{}")
    message = encode(said, TOPIC)

    log, inbound, unit = (decode(message, trust) for trust in (Trust.LOG, Trust.INBOUND, Trust.UNIT))

    assert (dict(log.audience), log.actor) == ({"customs-79": View.FULL}, None)
    assert (dict(inbound.audience), inbound.actor) == ({}, "{}")
    assert (dict(unit.audience), unit.actor) == ({}, None)


def test_an_inbound_message_without_an_actor_is_not_read() -> None:
    with pytest.raises(Undecodable, match="actor"):
        decode(encode(event(example(CaseClaim), sequence=None), TOPIC), Trust.INBOUND)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (b"vn.phoihop.case.claimed.v2", UnknownMajor),
        (b"vn.phoihop.command.case.claim.v9", UnknownMajor),
        (b"vn.phoihop.case.reopened.v1", UnknownType),
    ],
)
def test_an_unknown_type_has_an_envelope_and_no_data(name: bytes, error: type[Exception]) -> None:
    message = changed(encode(event(example(CaseClaimed)), TOPIC), ce_type=name)

    assert frame(message).sequence == 1
    with pytest.raises(error, match=name.decode()):
        decode(message)
