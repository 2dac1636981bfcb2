"""What an address asks of the list of cases, read against the reference data of the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from bus.errors import Refused
from schemas.problems import MALFORMED, Problem
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from services.console.api.doors import doors_of
from services.console.api.places import place_in
from services.console.model.board import Asked, Place, Tab

Word = Annotated[str, Field(max_length=100)]
_DAYS = ("%Y-%m-%d", "%d/%m/%Y")
REFUSALS: Mapping[str, Problem] = {
    "state": MALFORMED.problem(
        "Trạng thái không có. Dùng proposed, claimed, mine, silent hoặc closed.",
        "No such state: use proposed, claimed, mine, silent or closed.",
    ),
    "unit": MALFORMED.problem(
        "Không có lực lượng hay đơn vị này. Dùng mã trong agencies.csv hoặc units.csv.",
        "No such agency or unit: use a code of agencies.csv or units.csv.",
    ),
    "province": MALFORMED.problem(
        "Không có tỉnh, thành phố này. Dùng mã hai chữ số trong provinces.csv.",
        "No such province: use a two-digit code of provinces.csv.",
    ),
    "stage": MALFORMED.problem(
        "Không có khâu này. Dùng mã trong stages.csv.", "No such stage: use a code of stages.csv."
    ),
    "since": MALFORMED.problem(
        "Ngày không đúng. Ghi như 2026-11-24 hoặc 24/11/2026.",
        "Not a day: write it as 2026-11-24 or 24/11/2026.",
    ),
}
"""What is said of a word that means nothing, by the name of its parameter."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked, the words that asked it, and the names of those that mean nothing and were left out."""

    asked: Asked
    words: Mapping[str, str]
    faults: tuple[str, ...] = ()
    after: Place | None = None

    def address(self, tab: Tab | None = None, after: str = "") -> str:
        """The same list under this tab, or this one where none is given, behind a place."""
        kept = {name: word for name, word in self.words.items() if name != "state" and name not in self.faults}
        chosen = self.asked.tab if tab is None else tab
        found = {"state": chosen.value, **kept, "after": after}
        query = urlencode({name: word for name, word in found.items() if word})
        return f"/cases?{query}".rstrip("?")

    def strict(self) -> "Wanted":
        """Itself; raises `Refused` (422) naming the first parameter that means nothing."""
        for name in self.faults:
            raise Refused(REFUSALS[name], f"/{name}")
        return self


class Words(BaseModel):
    """The parameters of an address, as they were given."""

    state: Word = ""
    unit: Word = ""
    province: Word = ""
    stage: Word = ""
    since: Word = ""
    after: Annotated[str, Field(max_length=200)] = ""


def wanted_of(request: Request, words: Annotated[Words, Query()]) -> Wanted:
    """What a request asks for; a place that was mistyped is the first page."""
    pages = doors_of(request).pages
    given = words.model_dump(exclude={"after"})
    return wanted(given, pages.book, vietnam_date(pages.clock()), place_in(words.after))


TheWanted = Annotated[Wanted, Depends(wanted_of)]


def wanted(words: Mapping[str, str], book: ReferenceBook, today: date, after: Place | None = None) -> Wanted:
    """What the words of an address ask for."""
    day = _day(words["since"])
    known = {
        "state": words["state"] in set(Tab),
        "unit": bool(units := _units(words["unit"], book)),
        "province": words["province"] in {one.code for one in book.provinces_at(today)},
        "stage": words["stage"] in {one.code for one in book.terms_at("stages", today)},
        "since": day is not None,
    }
    faults = tuple(name for name, word in words.items() if word and not known[name])
    good = {name: "" if name in faults else word for name, word in words.items()}
    asked = Asked(tab=Tab(good["state"]), units=units, province=good["province"], stage=good["stage"], since=day)
    return Wanted(asked, words, faults, after)


def _units(word: str, book: ReferenceBook) -> frozenset[str]:
    """The unit of that code, or all that ever belonged to the agency of that code."""
    return frozenset(unit.code for unit in book.units if word in {unit.code, unit.agency})


def _day(word: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(word.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
