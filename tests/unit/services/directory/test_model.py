"""People, sessions, keys, and patience with wrong passwords."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime_builders import NOON
from services.directory.model import (
    FREE_FAILURES,
    PERSONAL_ROLES,
    Key,
    Person,
    Session,
    Slot,
    locked_until,
    slot_for,
    unknown_roles,
)
from services.policy import Actor, Role

AN = Person("an.nv", "Nguyễn Văn An", "qltt-79", frozenset({"officer"}), "hash")


def test_a_person_acts_for_their_unit_with_the_purpose_stated() -> None:
    assert AN.actor("kiểm tra kho") == Actor("an.nv", "qltt-79", frozenset({"officer"}), "kiểm tra kho")


def test_a_session_ends_with_its_hour_and_with_its_person() -> None:
    later = NOON + timedelta(seconds=1)
    assert Session(AN, later).good(NOON)
    assert not Session(AN, NOON).good(NOON)
    gone = Person(AN.login, AN.name, AN.unit, AN.roles, AN.password_hash, disabled_at=NOON)
    assert not Session(gone, later).good(NOON)


def test_a_units_key_is_its_system_account_and_a_process_has_no_role() -> None:
    unit = Key("http", "customs-hq", "", frozenset()).actor("")
    assert unit == Actor("system", "customs-hq", frozenset({"system"}))
    process = Key("service", "phoihop", "public", frozenset({"submit", "status"})).actor("")
    assert (process.person, process.roles) == ("service:public", frozenset())
    assert process.scope == {"submit", "status"}


def test_no_person_can_be_a_system() -> None:
    assert unknown_roles({"officer", "system", "king"}) == ("king", "system")
    assert unknown_roles(PERSONAL_ROLES) == ()
    assert {*PERSONAL_ROLES, Role.SYSTEM} == set(Role)


def test_the_first_ten_failures_cost_nothing_and_the_next_ever_more() -> None:
    waits = [locked_until(failures, NOON) for failures in range(FREE_FAILURES, FREE_FAILURES + 4)]
    assert locked_until(FREE_FAILURES - 1, NOON) is None
    assert waits == [NOON + timedelta(seconds=seconds) for seconds in (10, 20, 40, 80)]


@given(st.integers(min_value=0, max_value=10**9))
def test_nobody_is_shut_out_for_longer_than_a_quarter_of_an_hour(failures: int) -> None:
    until = locked_until(failures, NOON)
    assert until is None or until - NOON <= timedelta(minutes=15)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], "a"),
        ([("a", 1)], "b"),
        ([("b", 1)], "a"),
        ([("a", 1), ("b", 2)], "a"),
        ([("a", 2), ("b", 1)], "b"),
    ],
)
def test_a_new_key_takes_the_free_slot_or_the_older_keys(held: list[tuple[Slot, int]], expected: str) -> None:
    assert slot_for([(slot, NOON + timedelta(days=day)) for slot, day in held]) == expected
