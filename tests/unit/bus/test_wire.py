"""Events as bytes, and bytes as events."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from builders import A_CASE, A_SIGNAL, EXAMPLES, NOW, event, example
from bus.errors import EventTooLarge, Undecodable
from bus.message import Message, Trust
from bus.wire import as_it_came, decode, encode, encode_structured
from schemas.commands.case import CaseClaim
from schemas.commands.signal import SignalSubmit
from schemas.envelope import MAX_EVENT_BYTES, Event
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed
from schemas.events.command import CommandAccepted
from schemas.messages import CommandData, EventData
from schemas.views import View

TOPIC = "phoihop.case.v1"
TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60
).filter(lambda text: text == text.strip())


def headers(message: Message) -> dict[str, str]:
    return {name: value.decode() for name, value in message.headers}


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


@pytest.mark.parametrize("model", [model for model in EXAMPLES if issubclass(model, EventData)], ids=lambda m: m.KIND)
def test_every_event_comes_back_as_it_went(model: type[EventData]) -> None:
    said = event(example(model, personal={}), audience={"customs-79": View.FULL, "case:1#members": View.POINTER})

    assert decode(encode(said, TOPIC)) == said


@pytest.mark.parametrize("model", [model for model in EXAMPLES if issubclass(model, CommandData)], ids=lambda m: m.KIND)
def test_every_command_comes_back_as_it_went(model: type[CommandData]) -> None:
    asked = replace(event(example(model, personal={}), sequence=None), actor='{"person":"system"}')

    assert decode(encode(asked, TOPIC), Trust.INBOUND) == asked


def test_attributes_are_headers_and_the_data_is_the_value() -> None:
    said = event(example(CaseClaimed), sequence=7, legalbasis="khoản 5 Điều 1", audience={"customs-79": View.FULL})

    message = encode(said, TOPIC)

    found = headers(message)
    assert found["ce_type"] == "vn.phoihop.case.claimed.v1"
    assert found["ce_sequence"] == "00000000000000000007"
    assert found["ce_time"] == "2026-11-23T07:32:00Z"
    assert found["ce_legalbasis"] == "khoản 5 Điều 1"
    assert found["content-type"] == "application/json"
    assert json.loads(found["audience"]) == {"customs-79": "full"}
    assert message.key == str(A_CASE).encode()
    assert json.loads(message.value)["claimed_by"] == "customs-79"


def test_what_is_empty_does_not_travel() -> None:
    data = json.loads(encode(event(example(CaseClosed, note=None, personal={})), TOPIC).value)

    assert not {"sealed", "personal", "erased", "note"} & data.keys()


def test_a_command_is_keyed_by_what_it_addresses_or_else_by_its_id() -> None:
    claim = event(example(CaseClaim, case_id=UUID(int=5)), sequence=None)
    signal = event(example(SignalSubmit, details=None), sequence=None, id="k-9")

    assert encode(claim, TOPIC).key == str(UUID(int=5)).encode()
    assert encode(signal, TOPIC).key == b"k-9"


def test_opened_personal_data_travel_to_a_units_feed_alone() -> None:
    said = event(example(CaseProposed))

    with pytest.raises(ValueError, match="sealed"):
        encode(said, TOPIC)
    assert b"0999 000 111" in encode(said, "to.customs-79", opened=True).value


def test_an_event_larger_than_the_limit_is_not_encoded_and_says_how_more_travels() -> None:
    said = event(example(CaseProposed, personal={}, sealed={A_SIGNAL: "x" * MAX_EVENT_BYTES}))

    with pytest.raises(EventTooLarge, match="dataref"):
        encode(said, TOPIC)


@given(
    subject=st.uuids(),
    sequence=st.integers(1, 10**18),
    basis=TEXT,
    officer=TEXT,
    stated=st.datetimes(timezones=st.just(NOW.tzinfo)),
)
def test_the_mapping_is_the_one_of_the_sdk(subject: UUID, sequence: int, basis: str, officer: str, stated: Any) -> None:
    said = event(
        example(CaseClaimed, officer=officer),
        subject=subject,
        sequence=sequence,
        legalbasis=basis[:300],
        acttime=stated,
    )
    ours = encode(said, TOPIC)

    theirs = kafka.from_binary_event(kafka.KafkaMessage(dict(ours.headers), ours.key, ours.value))
    again = kafka.to_binary_event(theirs)

    assert isinstance(theirs, CloudEvent)
    assert again.headers == dict(ours.headers)
    assert (again.key, json.loads(again.value)) == (str(subject), json.loads(ours.value))
    assert decode(Message(TOPIC, ours.key, again.value, tuple(again.headers.items()))) == said


@given(subject=st.uuids(), officer=TEXT)
def test_what_the_sdk_writes_in_structured_mode_is_read(subject: UUID, officer: str) -> None:
    said = event(example(CaseClaimed, officer=officer), subject=subject, sequence=3)
    body = encode_structured(said)
    theirs = kafka.to_structured_event(CloudEvent(_attributes(body), body["data"]))

    found = decode(Message(TOPIC, str(subject).encode(), theirs.value, tuple(theirs.headers.items())))

    assert found == said


def _attributes(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "data"} | {"time": NOW}


def test_a_key_is_never_taken_for_an_attribute() -> None:
    message = replace(structured(MINIMAL), key=b"whatever")

    assert decode(message, Trust.UNIT).envelope.partitionkey is None


def test_a_feed_event_is_one_object_whose_numbers_count() -> None:
    said = event(example(CaseClaimed), sequence=None, feednumber=12, casenumber=3)

    body = encode_structured(said)

    assert (body["feednumber"], body["casenumber"]) == (12, 3)
    assert body["data"]["case_no"] == "VV/2026/7K3M9QXA"
    assert body["datacontenttype"] == "application/json"
    assert "sequence" not in body


def test_a_unit_needs_to_say_no_more_than_five_things() -> None:
    body = {name: MINIMAL[name] for name in ("id", "source", "type", "time", "data")}

    found = decode(structured(body), Trust.UNIT)

    assert found.data == CaseClaim(case_id=A_CASE)
    assert found.envelope.unit == "customs-hq"


@pytest.mark.parametrize(
    "content_type", [b"application/cloudevents+json; charset=utf-8", b"Application/CloudEvents+JSON"]
)
def test_the_media_type_may_have_parameters_and_capitals(content_type: bytes) -> None:
    assert decode(structured(MINIMAL, content_type), Trust.UNIT).envelope.id == "k-1"


def test_data_may_come_in_base64() -> None:
    body = {name: value for name, value in MINIMAL.items() if name != "data"}
    body["data_base64"] = "eyJjYXNlX2lkIjoiMDE5MzZmMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAzIn0="

    assert decode(structured(body), Trust.UNIT).data == CaseClaim(case_id=A_CASE)


def test_capitals_in_header_names_and_unknown_extensions_do_no_harm() -> None:
    message = encode(event(example(CaseClaimed)), TOPIC)
    shouted = tuple((name.upper(), value) for name, value in message.headers)

    assert decode(replace(message, headers=(*shouted, ("ce_madeup", b"x")))) == decode(message)


def test_fields_that_a_later_minor_version_adds_are_ignored() -> None:
    message = encode(event(example(CommandAccepted)), TOPIC)
    more = json.loads(message.value) | {"invented_later": {"deep": [1]}}

    assert decode(replace(message, value=json.dumps(more).encode())) == decode(message)


def test_what_passes_an_event_on_passes_on_what_a_later_minor_version_added_to_it() -> None:
    came = encode(event(example(CaseClaimed), audience={"customs-79": View.FULL}), TOPIC)
    later = replace(came, value=b'{"added": "later", ' + came.value[1:])

    assert as_it_came(decode(later), TOPIC) == later
    assert b"added" not in encode(decode(later), TOPIC).value


@pytest.mark.parametrize("header", [("x-trace", b"1"), ("actor", b"{}"), ("x-null", None)])
def test_what_holds_headers_of_strangers_is_passed_on_without_them(header: Any) -> None:
    came = encode(event(example(CaseClaimed)), TOPIC)

    assert as_it_came(decode(replace(came, headers=(*came.headers, header))), TOPIC) == came


def test_an_event_that_was_made_here_and_not_read_is_encoded() -> None:
    made = event(example(CaseClaimed))

    assert as_it_came(made, TOPIC) == encode(made, TOPIC)


def test_a_backslash_before_u0000_is_text_and_not_that_character() -> None:
    said: Event[CaseClaimed] = event(example(CaseClaimed, officer="\\u0000"))

    assert decode(encode(said, TOPIC)) == said


def test_no_audience_that_is_written_or_read_grants_a_status() -> None:
    with pytest.raises(ValueError, match="given at reading alone"):
        encode(event(example(CaseClaimed), audience={"customs-79": View.STATUS}), TOPIC)
    message = encode(event(example(CaseClaimed), audience={"customs-79": View.FULL}), TOPIC)
    foreign = tuple((name, value.replace(b"full", b"status")) for name, value in message.headers)
    with pytest.raises(Undecodable, match="audience"):
        decode(replace(message, headers=foreign))
