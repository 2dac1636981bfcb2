"""The ground of the picture: days that are not worked, months, days, the present."""

from collections.abc import Iterator
from datetime import date, datetime

from services.console.timeline.days import Calendar, Kind
from services.console.timeline.layout import Layout
from services.console.timeline.markup import path, rect, text
from services.console.timeline.scale import HEAD, LEFT, WIDTH, Scale, text_width, units
from services.console.timeline.texts import Texts
from services.console.timeline.window import VIETNAM

_BAND_TOP, _MONTH_LINE = 24.0, 16.0
_DAYS_SHOWN, _BANDS_SHOWN, _WEEKS_SHOWN = 20.0, 1.5, 40.0
"""How wide a day must be for its number and for its band, and how wide a week for the date of its Monday."""
_LETTER, _PILL_PAD = 6.6, 14.0
_BANDS = {Kind.WEEKEND: "we", Kind.HOLIDAY: "ho"}
_DECEMBER = 12


def ground(layout: Layout, calendar: Calendar) -> Iterator[str]:
    """Bands of days off, rules of months and the line of the present, from back to front."""
    scale, bottom = layout.scale, layout.height
    if scale.day >= _BANDS_SHOWN:
        for day in scale.window.days():
            if band := _BANDS.get(calendar.kind(day)):
                yield rect(band, scale.of_day(day), _BAND_TOP, (scale.day, bottom - _BAND_TOP))
    for month in _months(scale):
        if month > scale.window.days()[0]:
            yield path("axis", f"M{units(scale.of_day(month))} 4V{units(bottom)}")
    if layout.now is not None:
        yield path("now", f"M{units(layout.now)} 20V{units(bottom)}")


def captions(layout: Layout, calendar: Calendar, now: datetime, texts: Texts) -> Iterator[str]:
    """Names of months, numbers of days, and the time of the present at the top."""
    scale = layout.scale
    words = f"{texts.now} {now.astimezone(VIETNAM):%H:%M}"
    pill = _pill(layout.now, words)
    yield from _month_names(scale, texts, pill)
    if scale.day >= _DAYS_SHOWN:
        for day in scale.window.days():
            yield from _day(day, scale, calendar, texts)
    elif scale.day * 7 >= _WEEKS_SHOWN:
        for day in scale.window.days():
            if day.weekday() == 0 and scale.of_day(day) < WIDTH - _WEEKS_SHOWN:
                yield _week(day, scale)
    if pill:
        yield rect("pill", pill[0], 3, (pill[1] - pill[0], 18), 3)
        yield text("nowt", (pill[0] + pill[1]) / 2, _MONTH_LINE, words, "middle")


def _pill(now: float | None, words: str) -> tuple[float, float] | None:
    if now is None:
        return None
    width = len(words) * _LETTER + _PILL_PAD
    left = min(max(now - width / 2, LEFT), WIDTH - width - 1)
    return left, left + width


def _month_names(scale: Scale, texts: Texts, pill: tuple[float, float] | None) -> Iterator[str]:
    free = LEFT
    for month in _months(scale):
        x, first = scale.of_day(month) + 4, free == LEFT
        words = texts.month(month, first or month.month == 1)
        width = text_width(words)
        if pill and x < pill[1] and x + width > pill[0]:
            x = pill[1] + 6
        if x >= free and x + width <= WIDTH:
            free = x + width + _PILL_PAD
            yield text("mo", x, _MONTH_LINE, words)


def _months(scale: Scale) -> list[date]:
    """The first day shown, and each first day of a month after it."""
    days = scale.window.days()
    found = [days[0]]
    while (following := _after(found[-1])) <= days[-1]:
        found.append(following)
    return found


def _after(day: date) -> date:
    return date(day.year + day.month // _DECEMBER, day.month % _DECEMBER + 1, 1)


def _day(day: date, scale: Scale, calendar: Calendar, texts: Texts) -> Iterator[str]:
    kind = calendar.kind(day)
    x = scale.of_day(day) + scale.day / 2
    below = texts.holiday if kind is Kind.HOLIDAY else texts.weekdays[day.weekday()]
    yield text("ax" if kind is Kind.WORKING else "ax off", x, HEAD - 17, str(day.day), "middle")
    yield text("ax off", x, HEAD - 5, below, "middle")


def _week(day: date, scale: Scale) -> str:
    x = scale.of_day(day)
    return path("axis", f"M{units(x)} 48V54") + text("ax", x + 2, HEAD - 11, f"{day.day}/{day.month}")
