"""Which part of a case a page shows: the window that is drawn, and the entries of it that are listed in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from schemas.views import View
from services.console.look.days import place_of
from services.console.model.seen import Seen
from services.console.timeline.window import Window, Zoom, day_of, fitting, shifted, window

LISTED, MATTERS = 100, 10
"""How many entries a page lists in words, and of how many tips and signals it shows all that they said."""

_EARLIEST, _LATEST, _MOST = date(1900, 1, 1), date(2199, 1, 1), 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a page asks for; whatever was mistyped is as if it were not there."""

    zoom: Zoom | None = None
    begin: date | None = None
    before: str = ""

    @classmethod
    def of(cls, view: str, begin: str, before: str) -> "Asked":
        """From the words of an address."""
        try:
            day = date.fromisoformat(begin)
        except ValueError:
            day = None
        known = view in set(Zoom)
        sound = day if day and _EARLIEST <= day <= _LATEST else None
        return cls(Zoom(view) if known else None, sound, before[:_MOST])


@dataclass(frozen=True, slots=True)
class Frame:
    """A window with its page of the list. Counts are those of entries that the viewer sees."""

    asked: Asked
    zoom: Zoom
    window: Window
    listed: tuple[str, ...]
    """The ids of the entries in words, the latest first."""
    inside: int
    before: int
    """How many are in the window, and how many before it."""
    last: str
    """The place of the last that is listed; empty where none is."""
    more: bool
    """Whether the window holds entries behind the last that is listed."""

    def address(self, zoom: Zoom | None = None, begin: date | None = None, before: str = "") -> str:
        """The query of this page in another window."""
        asked = {"view": (zoom or self.zoom).value, "from": begin.isoformat() if begin else "", "before": before}
        return urlencode({name: value for name, value in asked.items() if value})

    def moved(self, steps: int) -> str:
        """The query of the window so many windows later; empty where it would leave the calendar."""
        begin = shifted(self.window, self.zoom, steps)
        return self.address(begin=begin) if _EARLIEST <= begin <= _LATEST else ""

    @property
    def own(self) -> str:
        """The query that leads here again."""
        return self.address(begin=self.asked.begin, before=self.asked.before)

    @property
    def further(self) -> str:
        """The query of the next page of the list; empty where this is the last."""
        return self.address(begin=self.asked.begin, before=self.last) if self.more else ""

    @property
    def wider(self) -> str:
        """The query of the whole case, from where this page ends; empty where nothing is before the window."""
        return self.address(Zoom.ALL, before=self.last) if self.before else ""

    @property
    def last_day(self) -> date:
        """The last day of the window."""
        return date.fromordinal(day_of(self.window.end).toordinal() - 1)


def framed(seen: Sequence[Seen], asked: Asked, now: datetime) -> Frame:
    """What of these entries a page shows at a moment."""
    told = [one.acttime for one in seen]
    zoom = asked.zoom or fitting(now, told, LISTED)
    shown = window(zoom, now, told, begin=asked.begin)
    inside = [one for one in seen if shown.holds(one.acttime)]
    behind = [one for one in inside if not asked.before or place_of(one) < asked.before]
    behind.sort(key=lambda one: one.order, reverse=True)
    return Frame(
        asked=asked,
        zoom=zoom,
        window=shown,
        listed=tuple(one.id for one in behind[:LISTED]),
        inside=len(inside),
        before=sum(one < shown.start for one in told),
        last=place_of(behind[:LISTED][-1]) if behind else "",
        more=len(behind) > LISTED,
    )


def matters(seen: Iterable[Seen]) -> list[Seen]:
    """The first tips and signals of which the viewer may see what they said."""
    grown = sorted((one for one in seen if one.grows and one.view > View.POINTER), key=lambda one: one.order)
    return grown[:MATTERS]
