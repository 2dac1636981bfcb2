"""Who works when: the government's days, as the library of holidays knows them."""

from datetime import date

import pytest

from services.console.timeline.days import Calendar, Kind, vietnam


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 23), Kind.WORKING),
        (date(2026, 11, 24), Kind.HOLIDAY),
        (date(2026, 11, 28), Kind.WEEKEND),
        (date(2026, 8, 22), Kind.WORKING),
        (date(2026, 8, 31), Kind.HOLIDAY),
        (date(2026, 2, 17), Kind.HOLIDAY),
        (date(2026, 4, 27), Kind.HOLIDAY),
    ],
)
def test_culture_day_lunar_new_year_days_in_lieu_and_a_worked_saturday_are_known(day: date, kind: Kind) -> None:
    assert vietnam([2026]).kind(day) is kind


def test_working_days_count_neither_weekends_nor_holidays() -> None:
    assert vietnam([2026]).working_days(date(2026, 11, 20), date(2026, 11, 27)) == 5
    assert Calendar(frozenset()).working_days(date(2026, 11, 20), date(2026, 11, 27)) == 6


def test_a_calendar_of_two_years_knows_both() -> None:
    both = vietnam([2026, 2027])

    assert both.kind(date(2026, 9, 2)) is Kind.HOLIDAY
    assert both.kind(date(2027, 9, 2)) is Kind.HOLIDAY
