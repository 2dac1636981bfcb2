"""The old and the new administrative units as tables; read only by who resolves an address, never at start-up."""

from pathlib import Path

from schemas.reference.places.audit import audit
from schemas.reference.places.sheets import PlaceTables, read
from schemas.reference.problems import Problem
from schemas.reference.workbook import Workbook


def examine(folder: Path, workbook: Workbook) -> tuple[PlaceTables, tuple[Problem, ...]]:
    """The tables of a folder and every problem in them, also against the sheets beside them."""
    tables, problems = read(folder)
    return tables, problems or tuple(sorted(set(audit(tables, workbook))))
