"""Questions asked of the book are asked of a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from reference_builders import TODAY, a_book, a_rule, a_unit
from schemas.reference.book import ReferenceBook
from schemas.reference.problems import UnknownCodeError
from schemas.reference.rule import Rule
from schemas.reference.validity import vietnam_date

DAYS = st.dates(date(2025, 1, 1), date(2025, 3, 1))


@pytest.fixture(scope="module")
def book() -> ReferenceBook:
    return ReferenceBook.load(reference.folder())


def test_a_row_holds_from_its_first_day_up_to_the_day_it_ends() -> None:
    unit = a_unit("customs-hq", valid_from="2025-03-01", valid_to="2025-07-01")
    days = [date(2025, 2, 28), date(2025, 3, 1), date(2025, 6, 30), date(2025, 7, 1)]
    assert [unit.holds(day) for day in days] == [False, True, True, False]


@given(st.tuples(DAYS, DAYS), st.tuples(DAYS, DAYS))
def test_two_rows_overlap_exactly_if_some_day_is_in_both(one: tuple[date, date], other: tuple[date, date]) -> None:
    rows = [between(*sorted(one)), between(*sorted(other))]
    shared = any(all(row.holds(date(2025, 1, 1) + timedelta(days=n)) for row in rows) for n in range(70))
    assert rows[0].overlaps(rows[1]) == rows[1].overlaps(rows[0]) == shared


def between(first: date, last: date) -> Rule:
    return a_rule("R-1", valid_from=str(first), valid_to=str(last + timedelta(days=1)))


def test_a_day_in_viet_nam_begins_at_seventeen_hours_universal_time() -> None:
    assert vietnam_date(datetime(2026, 6, 30, 16, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert vietnam_date(datetime(2026, 6, 30, 17, 0, tzinfo=UTC)) == date(2026, 7, 1)


def test_an_instant_without_offset_has_no_day() -> None:
    with pytest.raises(ValueError, match="has no offset"):
        vietnam_date(datetime(2026, 6, 30, 17, 0))  # noqa: DTZ001  the naive instant is the point


def test_the_unit_of_an_agency_is_the_one_whose_territory_holds_the_place(book: ReferenceBook) -> None:
    assert book.unit_of_agency("customs", "20", TODAY).code == "customs-kv6"


def test_where_no_territory_holds_the_place_the_central_unit_answers(book: ReferenceBook) -> None:
    assert book.unit_of_agency("customs", "96", TODAY).code == "customs-hq"
    assert book.unit_of_agency("customs", None, TODAY).code == "customs-hq"


def test_before_the_regions_existed_the_central_unit_answered(book: ReferenceBook) -> None:
    assert book.unit_of_agency("customs", "20", date(2025, 6, 30)).code == "customs-hq"


def test_a_desk_answers_for_its_province_and_the_national_one_for_the_rest(book: ReferenceBook) -> None:
    assert book.desk_for("20", TODAY).code == "bcd-20"
    assert book.desk_for("96", TODAY).code == "vptt-389"


def test_coordinators_are_the_standing_offices_of_the_place_and_the_national_one(book: ReferenceBook) -> None:
    assert book.coordinators_at(TODAY, "79") == {"vptt-389", "bcd-79"}
    assert book.coordinators_at(TODAY, None) == {"vptt-389"}


def test_a_unit_that_has_ended_is_unknown(book: ReferenceBook) -> None:
    assert not book.has_unit("qltt-79", date(2025, 6, 30))
    with pytest.raises(UnknownCodeError, match="unit qltt-79 is not in force on 2025-06-30"):
        book.unit("qltt-79", date(2025, 6, 30))


def test_the_line_of_command_is_that_of_the_day() -> None:
    book = a_book(
        [
            a_unit("a", valid_to="2026-01-01"),
            a_unit("b"),
            a_unit("c", parent="a", valid_to="2026-01-01"),
            a_unit("c", parent="b", valid_from="2026-01-01"),
            a_unit("d", parent="c"),
        ]
    )
    assert book.line_of_command("d", date(2025, 12, 31)) == ("c", "a")
    assert book.line_of_command("d", date(2026, 1, 1)) == ("c", "b")
    assert book.below("b", date(2025, 12, 31)) == ()
    assert book.below("b", date(2026, 1, 1)) == ("c", "d")
