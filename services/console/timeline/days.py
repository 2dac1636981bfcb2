"""Working days of Vietnam: weekends, holidays, days off in lieu, and Saturdays that are worked instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache

from holidays.countries.vietnam import Vietnam

_SATURDAY = 5


class Kind(Enum):
    """Who works on a day: everybody, nobody because it is a weekend, nobody because it is a holiday."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that differ from the plain week. `worked` are weekend days that are worked in place of another."""

    holidays: frozenset[date]
    worked: frozenset[date] = frozenset()

    def kind(self, day: date) -> Kind:
        """Who works on this day; a holiday on a weekend is a holiday."""
        if day in self.worked:
            return Kind.WORKING
        if day in self.holidays:
            return Kind.HOLIDAY
        return Kind.WEEKEND if day.weekday() >= _SATURDAY else Kind.WORKING

    def working_days(self, first: date, last: date) -> int:
        """How many days are worked from the first to the last, both counted."""
        days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
        return sum(self.kind(day) is Kind.WORKING for day in days)


def vietnam(years: Iterable[int]) -> Calendar:
    """The calendar of these years as the library `holidays` knows it, swap days of the government included."""
    found = [_year(year) for year in sorted(set(years))]
    return Calendar(
        frozenset().union(*(holidays for holidays, _ in found)), frozenset().union(*(worked for _, worked in found))
    )


@cache
def _year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    known = Vietnam(years=year)  # type: ignore[no-untyped-call] # its constructor takes keywords of any kind
    return frozenset(known), frozenset(day for day in known.weekend_workdays if day.year == year)
