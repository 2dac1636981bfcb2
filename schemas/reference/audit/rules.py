"""What must be true of routing rules together: every act finds exactly one, and every agency named can be reached."""

from collections.abc import Iterator
from itertools import combinations

from schemas.reference.audit.links import first_gap
from schemas.reference.problems import Problem
from schemas.reference.rows import Term, Unit
from schemas.reference.rule import Rule
from schemas.reference.workbook import Placed, Workbook

PlacedRules = tuple[Placed[Rule], ...]


def rule_problems(workbook: Workbook) -> Iterator[Problem]:
    """Ties, agencies that no unit answers for, rules on integrity, and times in which an act may fit no rule."""
    rules = workbook.of("routing", Rule)
    yield from _ties(rules)
    yield from _unreachable(workbook, rules)
    yield from _integrity(workbook, rules)
    yield from _uncovered(rules)


def _ties(rules: PlacedRules) -> Iterator[Problem]:
    for one, other in combinations(rules, 2):
        if one.row.id != other.row.id and one.row.ties_with(other.row):
            message = f"an act may fit {other.row.id} and {one.row.id} (line {one.line}) with equal rank"
            yield other.problem("priority", message, "Give one of them a higher priority")


def _unreachable(workbook: Workbook, rules: PlacedRules) -> Iterator[Problem]:
    units = [placed.row for placed in workbook.of("units", Unit) if placed.row.central]
    for placed in rules:
        named = {"lead": (placed.row.lead,), "co": placed.row.co}
        for column, agency in ((column, agency) for column, agencies in named.items() for agency in agencies):
            gap = first_gap(placed.row, [unit for unit in units if unit.agency == agency])
            if gap is not None:
                message = f"{agency} has no central unit on {gap}, so some places would have nobody"
                yield placed.problem(column, message, "Flag a unit of the agency as central in units.csv")
        if placed.row.lead in placed.row.co:
            yield placed.problem("co", f"{placed.row.lead} leads and is invited too", "Remove it from co")


def _integrity(workbook: Workbook, rules: PlacedRules) -> Iterator[Problem]:
    kept_apart = {placed.row.code for placed in workbook.of("typology", Term) if placed.row.kind == "integrity"}
    for placed in rules:
        for code in sorted(kept_apart.intersection(placed.row.typology)):
            message = f"{code} goes the integrity route and may not be in a rule"
            yield placed.problem("typology", message, "Remove the code")


def _uncovered(rules: PlacedRules) -> Iterator[Problem]:
    fallbacks = [placed.row for placed in rules if placed.row.fits_everything]
    for placed in rules:
        gap = first_gap(placed.row, fallbacks)
        if gap is not None:
            message = f"no rule without conditions holds on {gap}, so an act could fit no rule"
            yield placed.problem("valid_from", message, "Add a rule with * in every condition and no least value")
            return
