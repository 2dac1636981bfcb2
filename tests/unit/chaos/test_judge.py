"""The judge of a run under fire sees each thing that may not happen; what reads the database is tried in the runs."""

from dataclasses import replace

from chaos import judge
from chaos.topics import Line

TOPIC = "phoihop.case.v1"


def line(offset: int, sequence: int, key: str = "a", audience: str = "{}", **headers: str) -> Line:
    told = {"ce_id": f"{key}-{sequence}", "ce_sequence": f"{sequence:020d}", "audience": audience}
    return Line(TOPIC, 0, offset, key, told | headers, b"{}")


SOUND = [line(0, 1), line(1, 2), line(2, 1, "b"), line(3, 2), line(4, 3)]
"""The second event of `a` was sent twice, as a relay does that was not told of its success."""


def test_events_in_order_and_the_same_event_again_are_no_fault() -> None:
    assert judge.in_order(SOUND, ()) == []


def test_a_missing_event_is_a_fault_but_for_keys_that_are_meant_to_be_bad() -> None:
    holed = [line(0, 1), line(1, 3)]

    assert judge.in_order(holed, ()) == [f"I3: {TOPIC} a: sequences [1, 3]"]
    assert judge.in_order(holed, {"a"}) == []


def test_an_event_that_is_overtaken_is_a_fault() -> None:
    assert judge.in_order([line(0, 2), line(1, 1)], ()) == [f"I3: {TOPIC} a: sequences [2, 1]"]


def test_an_event_that_is_sent_again_with_other_bytes_is_a_fault() -> None:
    other = [line(0, 1), replace(line(1, 1), value=b"[]")]

    assert judge.in_order(other, ()) == [f"I3: {TOPIC} a: a-1 differs when sent again"]


def test_a_place_of_the_log_that_holds_other_bytes_later_or_none_is_a_fault() -> None:
    assert judge.unchanged(SOUND, [*SOUND, line(5, 2, "b")]) == []
    assert judge.unchanged(SOUND, SOUND[1:]) == [f"I4: {(TOPIC, 0, 0)} holds other bytes than before"]
    assert judge.unchanged(SOUND, [replace(SOUND[0], value=b"x"), *SOUND[1:]]) != []


def to(unit: str, number: int, event: str) -> Line:
    return Line(f"to.{unit}", 0, number - 1, "a", {"ce_id": event, "ce_feednumber": str(number)}, b"{}")


LOG = [line(0, 1, audience='{"qltt-79": "full"}'), line(1, 2, audience='{"qltt-79": "pointer", "ca-79": "full"}')]
WHOLE = [to("qltt-79", 1, "a-1"), to("qltt-79", 2, "a-2"), to("ca-79", 1, "a-2")]


def test_each_unit_has_what_the_audiences_name_once_and_numbered_without_a_hole() -> None:
    assert judge.sent(LOG, [*WHOLE, WHOLE[-1]], ()) == []


def test_what_is_missing_from_a_unit_is_a_fault() -> None:
    assert judge.sent(LOG, WHOLE[1:], ()) == [
        "I7: to.qltt-79: feed numbers break at place 1: … [2] …",
        "I7: to.qltt-79: a-1 is missing",
    ]


def test_what_a_unit_may_not_see_is_a_leak() -> None:
    assert judge.sent(LOG, [*WHOLE, to("ca-79", 2, "a-1")], ()) == ["leak: to.ca-79: a-1"]
    assert judge.sent(LOG, [*WHOLE, to("ca-79", 2, "z-9")], ()) == ["I7: to.ca-79: z-9 is on no log"]


def test_one_event_under_two_numbers_is_a_fault() -> None:
    assert judge.sent(LOG, [*WHOLE, to("ca-79", 2, "a-2")], ()) == ["I7: to.ca-79: a-2 has the numbers 1, 2"]


def test_a_unit_to_whose_topic_nothing_came_at_all_is_seen_too() -> None:
    assert judge.sent(LOG, WHOLE[:2], ()) == ["I7: to.ca-79: a-2 is missing"]


def test_memory_that_grew_by_half_is_a_fault_and_a_few_megabytes_are_none() -> None:
    before = {"memory of cases": 90}

    assert judge.resources(before, {"memory of cases": 140, "memory of new": 500}) == []
    assert judge.resources(before, {"memory of cases": 150}) == ["I10: memory of cases rose from 90 to 150"]
