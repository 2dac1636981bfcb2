"""Reference data for tests: the shipped sheets with some cells changed, and small books of a few rows."""

import csv
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import MappingProxyType

import reference
from schemas.reference.book import ReferenceBook
from schemas.reference.rows import Term, Unit
from schemas.reference.rule import Rule
from schemas.reference.workbook import VOCABULARIES

TODAY = date(2026, 11, 23)
SOURCE = "1/QĐ-TEST (1/1/2025)"


def shipped_copy(folder: Path) -> Path:
    """The shipped sheets in a folder of the test's own."""
    for sheet in reference.folder().glob("*.csv"):
        shutil.copy(sheet, folder / sheet.name)
    shutil.copytree(reference.folder() / "places", folder / "places")
    return folder


def with_cells(folder: Path, sheet: str, key: str, **cells: str) -> int:
    """Change cells of the first row whose first cell is the key; returns its line."""
    path = folder / f"{sheet}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    first = next(iter(rows[0]))
    index = next(number for number, row in enumerate(rows) if row[first] == key)
    rows[index].update(cells)
    _write(path, rows)
    return index + 2


def with_row(folder: Path, sheet: str, like: str, **cells: str) -> int:
    """Add a row that copies the first row of that key but for some cells; returns its line."""
    path = folder / f"{sheet}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    first = next(iter(rows[0]))
    rows.append(next(row for row in rows if row[first] == like) | cells)
    _write(path, rows)
    return len(rows) + 1


def without_rows(folder: Path, sheet: str, key: str) -> None:
    """Remove every row of that key."""
    path = folder / f"{sheet}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    first = next(iter(rows[0]))
    _write(path, [row for row in rows if row[first] != key])


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def a_unit(code: str, agency: str = "customs", **cells: str) -> Unit:
    """A unit as its sheet would say it; in force since 2025."""
    row = {
        "code": code,
        "agency": agency,
        "name_vi": code,
        "name_en": code,
        "parent": "",
        "territory": "",
        "central": "no",
        "desk": "no",
        "coordinator": "no",
        "integrity": "no",
        "contact": "nobody@demo.invalid",
        "valid_from": "2025-01-01",
        "valid_to": "",
        "source": SOURCE,
    }
    return Unit.model_validate(row | cells)


def a_rule(rule_id: str, **cells: str) -> Rule:
    """A rule without conditions that sends everything to customs; in force since 2025."""
    row = {
        "id": rule_id,
        "priority": "0",
        "stage": "*",
        "place_type": "*",
        "found_by": "*",
        "typology": "*",
        "min_value_vnd": "",
        "lead": "customs",
        "co": "",
        "basis": "Điều 1 1/2025/NĐ-CP",
        "valid_from": "2025-01-01",
        "valid_to": "",
        "source": SOURCE,
    }
    return Rule.model_validate(row | cells)


def a_book(units: Iterable[Unit] = (), rules: Iterable[Rule] = (), typology: Iterable[Term] = ()) -> ReferenceBook:
    """A book of only these rows, as it would be after they were examined."""
    words: dict[str, tuple[Term, ...]] = dict.fromkeys(VOCABULARIES, ())
    return ReferenceBook(
        agencies=(),
        provinces=(),
        units=tuple(units),
        hotlines=(),
        rules=tuple(rules),
        retention=(),
        vocabularies=MappingProxyType(words | {"typology": tuple(typology)}),
    )
