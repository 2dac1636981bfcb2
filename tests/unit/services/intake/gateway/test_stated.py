"""What is read of a message that is no event: its own name where it has one, else its place."""

from typing import Any

import pytest

from bus.message import Record
from gateway_builders import UNIT, binary, body, sent
from services.intake.gateway.stated import UNREADABLE_TYPE, Stated

PLACE = Stated(f"/units/{UNIT}/gateway", "offset-0-7")


def headers(*pairs: tuple[str, Any]) -> Record:
    return Record(f"from.{UNIT}", None, b"{}", pairs, partition=0, offset=7, timestamp=0)


def test_both_modes_state_the_same() -> None:
    expected = Stated(f"/units/{UNIT}/risk-engine", "decl-41256141", "vn.phoihop.command.signal.submit.v1")
    assert Stated.of(sent(body()), UNIT) == Stated.of(binary(), UNIT) == expected


def test_headers_may_be_written_in_capitals() -> None:
    stated = Stated.of(headers(("CE_ID", b"a"), ("Ce_Source", b"/units/x/y")), UNIT)
    assert (stated.source, stated.id, stated.type) == ("/units/x/y", "a", UNREADABLE_TYPE)


@pytest.mark.parametrize(
    "record",
    [
        sent(b"", offset=7),
        sent(b"\xff", offset=7),
        sent(b"[]", offset=7),
        sent(b'{"id": 5, "source": ["x"], "type": {}}', offset=7),
        sent(body(id="a b", type=None), offset=7),
        sent(body(source="/units/x", type=None), offset=7),
        headers(("ce_id", None), ("ce_source", b"\xff")),
        headers(("ce_id", b"a")),
    ],
)
def test_what_states_no_valid_id_and_source_is_named_by_its_place(record: Record) -> None:
    assert Stated.of(record, UNIT) == PLACE
