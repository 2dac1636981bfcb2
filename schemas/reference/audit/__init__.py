"""What one row alone cannot show: rows that contradict each other, or name what does not exist."""

from schemas.reference.audit.links import dangling, overlapping
from schemas.reference.audit.rules import rule_problems
from schemas.reference.audit.units import unit_problems
from schemas.reference.problems import Problem
from schemas.reference.workbook import Workbook


def audit(workbook: Workbook) -> tuple[Problem, ...]:
    """Every contradiction in the workbook, in the order of files and lines; empty when it may be used."""
    found = (*overlapping(workbook), *dangling(workbook), *unit_problems(workbook), *rule_problems(workbook))
    return tuple(sorted(set(found)))
