"""Who gets an event, and the numbers under which they get it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from schemas.envelope import Audience
from schemas.views import View
from services.policy import NOBODY, resolve


@dataclass(frozen=True, slots=True)
class Destined:
    """One event on its way into one feed. `place` is the event's position in the batch."""

    place: int
    unit: str
    view: View
    event_id: str
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class Numbered:
    """The same with its numbers. `case_number` counts what this unit was shown of the case."""

    destined: Destined
    number: int
    case_number: int | None


@dataclass(slots=True)
class Numbering:
    """The last numbers given, by unit, and by unit and case; they grow as numbers are given."""

    last: dict[str, int]
    cases: dict[tuple[str, UUID], int]

    def number(self, destined: Destined) -> Numbered:
        """The next number of the feed, and of the case in it."""
        number = self.last[destined.unit] = self.last.get(destined.unit, 0) + 1
        if destined.case_id is None:
            return Numbered(destined, number, None)
        key = (destined.unit, destined.case_id)
        self.cases[key] = self.cases.get(key, 0) + 1
        return Numbered(destined, number, self.cases[key])


def recipients(audience: Audience, members: Mapping[str, Collection[str]] = NOBODY) -> dict[str, View]:
    """Every unit that the audience lets see something, and how much, in the order of unit codes."""
    named = {holder for holder in audience if "#" not in holder}
    related = {unit for holder in audience if "#" in holder for unit in members.get(holder, ())}
    views = {unit: resolve(audience, unit, members) for unit in sorted(named | related)}
    return {unit: view for unit, view in views.items() if view is not View.NONE}
