"""What administrators are shown of parked records."""

from typing import Any

import pytest

from builders import NOW
from bus.message import Record
from bus.parked import ParkedRecord
from services.runtime.parked_rows import ParkedRow


def parked(topic: str = "phoihop.signal.v1", **changes: Any) -> ParkedRecord:
    """A record of some topic that could not be handled."""
    given: dict[str, Any] = {"key": b"k-1", "value": b"{}", "headers": (("ce_type", b"secret"),)}
    record = Record(topic, **(given | changes), partition=1, offset=7, timestamp=0)
    return ParkedRecord("cases.work", record, "handler", "KeyError at growth.py:7", NOW)


def test_a_row_says_where_and_why_and_shows_no_value_header_or_type() -> None:
    row = ParkedRow.of(parked())

    assert row.model_dump(exclude={"id"}) == {
        "group": "cases.work",
        "topic": "phoihop.signal.v1",
        "partition": 1,
        "offset": 7,
        "key": "k-1",
        "reason": "handler",
        "error": "KeyError at growth.py:7",
        "at": NOW,
        "attempts": 0,
        "tried_at": None,
    }


@pytest.mark.parametrize(
    "topic",
    ["integrity.v1", "tip.v1", "case.v1", "intake.inbound.v1", "cases.inbound.v1"],
)
def test_administrators_see_no_key_that_may_be_of_something_withdrawn(topic: str) -> None:
    assert ParkedRow.of(parked(f"x.phoihop.{topic}")).key is None
    assert ParkedRow.of(parked("from.qltt-79")).key is None


def test_a_key_that_is_no_text_is_still_shown() -> None:
    assert ParkedRow.of(parked(key=b"\xff")).key == "\\xff"
    assert ParkedRow.of(parked(key=None)).key is None


def test_no_two_places_have_one_id() -> None:
    assert ParkedRow.of(parked()).id != ParkedRow.of(parked("phoihop.tip.v1")).id
