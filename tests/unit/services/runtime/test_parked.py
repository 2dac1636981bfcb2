"""What administrators are shown of parked records."""

from typing import Any

import pytest

from builders import NOW
from bus.errors import Refused
from bus.message import Record
from bus.parked import ParkedAt, ParkedRecord
from bus.parked_acts import Noted, ParkedAct, Who
from services.runtime.parked_rows import ActRow, ParkedRow, id_of, lasting, place_of


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


def test_an_id_leads_back_to_its_place_and_nothing_else_does() -> None:
    at = ParkedAt("cases.work", "phoihop.signal.v1", 3, 2**63 - 1)

    assert place_of(id_of(at)) == at
    for other in (id_of(at._replace(offset=2**63)), id_of(at._replace(partition=-1)), "Zg", "%00", "ä"):
        with pytest.raises(Refused):
            place_of(other)


@pytest.mark.parametrize("topic", ["phoihop.tip.v1", "phoihop.case.v1", "x.phoihop.integrity.v1", "phoihop.overlap.v1"])
def test_what_stands_on_topics_of_tips_and_cases_may_be_taken_back(topic: str) -> None:
    assert not lasting(topic)


@pytest.mark.parametrize(
    "topic", ["phoihop.signal.v1", "phoihop.command.v1", "phoihop.cases.inbound.v1", "x.from.qltt-79"]
)
def test_what_stands_elsewhere_may_not(topic: str) -> None:
    assert lasting(topic)


def test_an_act_names_its_place_and_neither_key_nor_type() -> None:
    at = ParkedAt("cases.work", "phoihop.tip.v1", 1, 7)
    row = ActRow.of(ParkedAct(4, NOW, Who("admin", "vptt-389"), Noted(at, "failed", error="handler: KeyError")))

    assert set(row.model_dump()) == {
        *("id", "at", "act", "outcome", "parked", "group", "topic", "partition", "offset"),
        *("person", "unit", "reason", "error"),
    }
    assert (row.act, row.outcome, row.parked) == ("redrive", "failed", id_of(at))
