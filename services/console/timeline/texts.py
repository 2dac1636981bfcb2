"""The words and dates that the drawing itself needs, beside those of its figures, in one language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from services.console.timeline.window import VIETNAM


@dataclass(frozen=True, slots=True)
class Texts:
    """`month` names a month, with its year where the second argument says so; `more` says how many are not told."""

    title: str
    now: str
    holiday: str
    weekdays: tuple[str, ...]
    month: Callable[[date, bool], str]
    more: Callable[[int], str]


def stamp(instant: datetime) -> str:
    """A day and time in Vietnam, short, for the titles of marks."""
    return f"{instant.astimezone(VIETNAM):%d/%m %H:%M}"
