"""What is in the picture: two weeks, five weeks with what is due, or everything."""

from datetime import UTC, date, datetime, timedelta

from services.console.timeline.window import Zoom, day_of, fitting, shifted, window

NOW = datetime(2026, 11, 23, 7, 32, tzinfo=UTC)
DUE = datetime(2026, 11, 27, 10, tzinfo=UTC)


def bounds(zoom: Zoom, *events: datetime, due: datetime | None = None, begin: date | None = None) -> tuple[date, date]:
    found = window(zoom, NOW, events, due, begin)
    return day_of(found.start), day_of(found.end)


def test_the_windows_are_those_of_the_design() -> None:
    first = datetime(2026, 8, 18, 3, 12, tzinfo=UTC)

    assert bounds(Zoom.WEEK) == (date(2026, 11, 16), date(2026, 11, 30))
    assert bounds(Zoom.MONTH, due=DUE) == (date(2026, 10, 25), date(2026, 11, 30))
    assert bounds(Zoom.ALL, first, due=DUE) == (date(2026, 8, 17), date(2026, 11, 30))


def test_a_deadline_next_week_is_in_the_month_and_one_next_year_does_not_stretch_it() -> None:
    assert bounds(Zoom.MONTH, due=NOW + timedelta(7))[1] == date(2026, 12, 7)
    assert bounds(Zoom.MONTH, due=NOW + timedelta(400))[1] == date(2026, 12, 7)


def test_a_window_that_begins_elsewhere_is_as_long_and_the_next_one_begins_where_it_ends() -> None:
    found = window(Zoom.WEEK, NOW, (), begin=date(2026, 9, 7))

    assert day_of(found.start) == date(2026, 9, 7)
    assert shifted(found, Zoom.WEEK, 1) == day_of(found.end)
    assert shifted(found, Zoom.WEEK, -1) == date(2026, 8, 24)


def test_a_small_case_is_never_cut_by_a_page_that_was_asked_for_no_window() -> None:
    recent, old = NOW - timedelta(3), NOW - timedelta(90)

    assert fitting(NOW, [recent], 100) is Zoom.MONTH
    assert fitting(NOW, [recent, old], 100) is Zoom.ALL
    assert fitting(NOW, [old] * 200, 100) is Zoom.ALL
    assert fitting(NOW, [recent] * 100 + [old] * 100, 100) is Zoom.MONTH


def test_an_event_of_another_age_stays_within_what_a_calendar_can_say() -> None:
    ancient = datetime(1, 1, 1, tzinfo=UTC)

    assert day_of(window(Zoom.ALL, NOW, [ancient]).start).year == 1900
