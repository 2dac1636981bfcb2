"""Which stretch of time is drawn: a fortnight, five weeks, or the whole case. Bounds are midnights in Vietnam."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

VIETNAM = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh has kept this offset since 1975."""
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""What is dated beyond these is an error of writing: the drawing ends here, and the list still says it."""
_WEEK, _FORTNIGHT, _FIVE_WEEKS = timedelta(7), timedelta(14), timedelta(36)
_BACK = timedelta(29)
_MANY_YEARS = 3


class Zoom(StrEnum):
    """How much is shown; the value is the word in addresses."""

    WEEK = "week"
    MONTH = "month"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` on and before `end`."""

    start: datetime
    end: datetime

    def holds(self, instant: datetime) -> bool:
        """Whether the instant is drawn."""
        return self.start <= instant < self.end

    def days(self) -> list[date]:
        """Every day of it."""
        return [day_of(self.start + timedelta(number)) for number in range((self.end - self.start).days)]

    def years(self) -> range:
        """The years that its days are in; none for a window too long to show single days."""
        first, last = day_of(self.start).year, day_of(self.end).year
        return range(first, last + 1) if last - first <= _MANY_YEARS else range(0)


def window(
    zoom: Zoom, now: datetime, events: Sequence[datetime], due: datetime | None = None, begin: date | None = None
) -> Window:
    """The stretch that a zoom shows.

    A week and a month begin at `begin` where it is given. Otherwise they end with the week of the next deadline, at
    most one week after this one, so that the future is always in the picture. The whole case holds every event.
    """
    this_week = _monday(now)
    if zoom is Zoom.ALL:
        return _whole(now, events, due)
    if begin is not None:
        start = midnight(begin)
        return Window(start, start + (_FORTNIGHT if zoom is Zoom.WEEK else _FIVE_WEEKS))
    if zoom is Zoom.WEEK:
        return Window(this_week - _WEEK, this_week + _WEEK)
    ahead = min(due, this_week + _WEEK) if due else now
    return Window(midnight(day_of(now)) - _BACK, _monday(ahead) + _WEEK)


def shifted(shown: Window, zoom: Zoom, steps: int) -> date:
    """Where the window begins that is so many windows later, or earlier for negative steps."""
    return day_of(shown.start) + steps * (_FORTNIGHT if zoom is Zoom.WEEK else _FIVE_WEEKS)


def fitting(now: datetime, events: Sequence[datetime], most: int) -> Zoom:
    """The zoom of a page that asks for none: nothing is left out of a case of at most `most` events."""
    month = window(Zoom.MONTH, now, events)
    inside = sum(month.holds(one) for one in events)
    return Zoom.MONTH if inside == len(events) or (inside and len(events) > most) else Zoom.ALL


def day_of(instant: datetime) -> date:
    """The day in Vietnam."""
    return instant.astimezone(VIETNAM).date()


def midnight(day: date) -> datetime:
    """Where the day begins in Vietnam."""
    return datetime.combine(day, time(), VIETNAM)


def _monday(instant: datetime) -> datetime:
    day = day_of(min(max(instant, EARLIEST), LATEST))
    return midnight(day - timedelta(day.weekday()))


def _whole(now: datetime, events: Sequence[datetime], due: datetime | None) -> Window:
    told = [now, *events, *([due] if due else [])]
    return Window(_monday(min(told)), _monday(max(told)) + _WEEK)
