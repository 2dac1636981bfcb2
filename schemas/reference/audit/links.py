"""Codes that hold twice at once, and codes that name a row that is not there or not in force."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from schemas.reference.cells import ANY
from schemas.reference.problems import Problem
from schemas.reference.validity import Row
from schemas.reference.workbook import VOCABULARIES, Placed, Workbook

KEYS: dict[str, tuple[str, ...]] = {
    "agencies": ("code",),
    "provinces": ("code",),
    "units": ("code",),
    "hotlines": ("unit", "channel", "value"),
    "routing": ("id",),
    "retention": ("kind", "outcome"),
    **dict.fromkeys(VOCABULARIES, ("code",)),
}
"""The columns that together name a row; two rows of one name may not hold on one day."""


@dataclass(frozen=True, slots=True)
class Link:
    """A column whose codes are codes of another sheet."""

    sheet: str
    column: str
    target: str


LINKS = (
    Link("units", "agency", "agencies"),
    Link("units", "parent", "units"),
    Link("units", "territory", "provinces"),
    Link("hotlines", "unit", "units"),
    Link("routing", "stage", "stages"),
    Link("routing", "place_type", "place_types"),
    Link("routing", "found_by", "agencies"),
    Link("routing", "typology", "typology"),
    Link("routing", "lead", "agencies"),
    Link("routing", "co", "agencies"),
)


def key_of(sheet: str, row: Row) -> tuple[str, ...]:
    """The name of a row within its sheet."""
    return tuple(str(getattr(row, column)) for column in KEYS[sheet])


def overlapping(workbook: Workbook) -> Iterator[Problem]:
    """Pairs of rows of one name that hold on the same day."""
    for sheet in KEYS:
        by_key: dict[tuple[str, ...], list[Placed[Row]]] = defaultdict(list)
        for placed in workbook.of(sheet, Row):
            by_key[key_of(sheet, placed.row)].append(placed)
        for key, rows in by_key.items():
            for one, other in combinations(rows, 2):
                if one.row.overlaps(other.row):
                    message = f"{' '.join(key)} also holds on line {one.line} at the same time"
                    yield other.problem("valid_from", message, "End the earlier row on the day the later one begins")


def dangling(workbook: Workbook) -> Iterator[Problem]:
    """Codes that name nothing, or something that is not in force for the whole time of the row that names it."""
    for link in LINKS:
        targets: dict[str, list[Row]] = defaultdict(list)
        for placed in workbook.of(link.target, Row):
            targets[key_of(link.target, placed.row)[0]].append(placed.row)
        for placed in workbook.of(link.sheet, Row):
            for code in _codes(getattr(placed.row, link.column)):
                yield from _missing(placed, link, code, targets.get(code, ()))


def _codes(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(code for code in value if code != ANY) if isinstance(value, tuple) else ()


def _missing(placed: Placed[Row], link: Link, code: str, targets: Sequence[Row]) -> Iterator[Problem]:
    file = f"{link.target}.csv"
    if not targets:
        yield placed.problem(link.column, f"{code} is not in {file}", f"Add it to {file} or correct the code")
        return
    gap = first_gap(placed.row, targets)
    if gap is not None:
        message = f"{code} is not in force on {gap}, when this row is"
        yield placed.problem(link.column, message, f"Extend {code} in {file} or shorten this row")


def first_gap(row: Row, targets: Sequence[Row]) -> date | None:
    """The first day of the row's time on which none of the targets holds; None when they cover it."""
    day = row.valid_from
    while row.valid_to is None or day < row.valid_to:
        holding = next((target for target in targets if target.holds(day)), None)
        if holding is None:
            return day
        if holding.valid_to is None:
            return None
        day = holding.valid_to
    return None
