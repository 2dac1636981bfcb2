"""Reading one record: whatever comes, it is a command or a reason, and nothing raises."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from builders import NOW
from bus.identity import uuid7
from bus.message import Record
from gateway_builders import STRUCTURED, UNIT, binary, body, sent
from schemas.events.command import CommandRefused
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from services.intake.gateway.reading import Letter, read
from services.intake.gateway.sender import Sender

PEPPER = b"p" * 32
SENDER = Sender.of(UNIT, ReferenceBook.load(reference.folder()), vietnam_date(NOW))
NAMES = st.sampled_from(["ce_id", "ce_source", "ce_type", "ce_time", "ce_secrecy", "content-type", "x", "ce_ID"])
VALUES = st.one_of(st.binary(max_size=40), st.sampled_from([b"application/cloudevents+json", b"application/json"]))


def letter_of(record: Record) -> Letter:
    return read(record, SENDER, uuid7, NOW, PEPPER)


def slug(letter: Letter) -> str:
    assert letter.refusal
    return letter.refusal.problem.slug


def with_header(name: str, value: bytes) -> Record:
    """A sound record with one header changed."""
    found = binary()
    return replace(found, headers=tuple((one, value if one == name else was) for one, was in found.headers))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ce_id", b"\xff", "malformed"),
        ("ce_time", b"\xff", "malformed"),
        ("ce_source", b"\xff", "malformed"),
        ("content-type", b"text/csv", "unsupported-media"),
        ("content-type", b"application/cloudevents-batch+json", "unsupported-media"),
    ],
)
def test_a_header_that_is_wrong_is_named(name: str, value: bytes, expected: str) -> None:
    letter = letter_of(with_header(name, value))
    assert slug(letter) == expected
    assert letter.refusal
    assert letter.refusal.field in {f"/{name.removeprefix('ce_')}", "/datacontenttype"}


def test_binary_data_that_are_not_json_are_undecodable() -> None:
    assert slug(letter_of(replace(binary(), value=b"\xff{"))) == "undecodable"


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.binary(max_size=200))
def test_whatever_bytes_come_they_are_answered(headers: list[tuple[str, bytes]], value: bytes) -> None:
    letter = letter_of(Record(f"from.{UNIT}", None, value, tuple(headers), partition=0, offset=1, timestamp=0))
    answerable(letter)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.sampled_from(["facts", "details", "reference", "sealed", "goods"]) | st.text(), inner,
                         max_size=3), max_leaves=8))  # fmt: skip
def test_whatever_data_come_they_are_answered(data: object) -> None:
    answerable(letter_of(sent(body(data={} if data is None else data))))


def answerable(letter: Letter) -> None:
    """It is one of both, and the answer can be said."""
    assert (letter.command is None) != (letter.refusal is None)
    CommandRefused(
        command_source=letter.stated.source,
        command_id=letter.stated.id,
        command_type=letter.stated.type,
        problem="urn:phoihop:problem:malformed",
        reason_vi="x",
        reason_en="x",
    )


def test_a_repetition_in_the_other_mode_is_the_same_content_where_its_bytes_are() -> None:
    compact = b'{"reference":"1"}'
    structured = sent(b'{"specversion":"1.0","id":"a","source":"/units/customs-hq/x","time":"2026-11-23T07:32:00Z",'
                      b'"type":"vn.phoihop.command.signal.submit.v1","data":' + compact + b"}")  # fmt: skip
    assert structured.headers == STRUCTURED
    one = letter_of(structured)
    other = letter_of(replace(binary(id="a", source="/units/customs-hq/x"), value=compact))
    assert one.digest == other.digest


def test_what_was_said_cannot_be_tried_out_from_its_digest_without_the_pepper() -> None:
    record = binary()
    mine, others = (read(record, SENDER, uuid7, NOW, pepper).digest for pepper in (PEPPER, b"q" * 32))

    assert mine == letter_of(record).digest
    assert mine != others


def test_what_a_signal_corrects_goes_on_to_its_owner() -> None:
    letter = letter_of(binary(corrects="decl-earlier"))

    assert letter.command is not None
    assert letter.command.envelope.corrects == "decl-earlier"
