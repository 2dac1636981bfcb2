"""What must be true of units together: commands without circles, clear territories, reachable desks."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from schemas.reference.audit.links import first_gap
from schemas.reference.cells import ANY
from schemas.reference.problems import Problem
from schemas.reference.rows import Hotline, Unit
from schemas.reference.workbook import Placed, Workbook

PlacedUnits = tuple[Placed[Unit], ...]


def unit_problems(workbook: Workbook) -> Iterator[Problem]:
    """Every contradiction among the units, and desks that nobody could call."""
    units = workbook.of("units", Unit)
    yield from _circles(units)
    yield from _clashes(units)
    yield from _flags(units)
    yield from _silent_desks(workbook, units)


def _circles(units: PlacedUnits) -> Iterator[Problem]:
    for day in sorted({placed.row.valid_from for placed in units}):
        parents = {placed.row.code: placed.row.parent for placed in units if placed.row.holds(day)}
        for placed in units:
            if placed.row.holds(day) and _commands_itself(placed.row.code, parents):
                message = f"{placed.row.code} stands in its own line of command"
                yield placed.problem("parent", message, "Name the unit that commands it, or leave the cell empty")


def _commands_itself(code: str, parents: dict[str, str]) -> bool:
    seen: set[str] = set()
    above = parents.get(code, "")
    while above and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False


def _clashes(units: PlacedUnits) -> Iterator[Problem]:
    for one, other in combinations(units, 2):
        if one.row.agency != other.row.agency or not one.row.overlaps(other.row) or one.row.code == other.row.code:
            continue
        if one.row.central and other.row.central:
            yield other.problem(
                "central", f"{one.row.code} is the central unit of {one.row.agency} too", "Keep one of them"
            )
        shared = set(one.row.territory) & set(other.row.territory) - {ANY}
        if shared:
            message = f"{one.row.code} holds province {min(shared)} for {one.row.agency} too"
            yield other.problem("territory", message, "Give each province of an agency to one unit")


def _flags(units: PlacedUnits) -> Iterator[Problem]:
    for placed in units:
        unit = placed.row
        if unit.central != (unit.territory == (ANY,)):
            message = "a central unit has the territory *, and no other unit has it"
            yield placed.problem("territory", message, "Write * for a central unit, province codes for another")
        if unit.integrity:
            yield from _integrity_stands_apart(placed, units)
    if not any(placed.row.integrity for placed in units):
        message = "no unit is flagged integrity, so a tip about an officer could reach nobody"
        yield Problem("units.csv", 0, "integrity", message, "Flag the unit that handles such tips")


def _integrity_stands_apart(placed: Placed[Unit], units: PlacedUnits) -> Iterator[Problem]:
    unit = placed.row
    commanded = any(other.row.parent == unit.code for other in units)
    if unit.parent or commanded or unit.desk or unit.coordinator or unit.central or unit.territory:
        message = "an integrity unit stands outside every line of command, desk and territory"
        yield placed.problem("integrity", message, "Empty its parent and territory, flag it nothing else")


def _silent_desks(workbook: Workbook, units: PlacedUnits) -> Iterator[Problem]:
    hotlines = [placed.row for placed in workbook.of("hotlines", Hotline)]
    for placed in units:
        if not placed.row.desk:
            continue
        gap = first_gap(placed.row, [hotline for hotline in hotlines if hotline.unit == placed.row.code])
        if gap is not None:
            yield placed.problem("desk", _silence(placed.row.code, gap), "Add a row to hotlines.csv")


def _silence(code: str, gap: date) -> str:
    return f"the desk {code} has no hotline on {gap}"
