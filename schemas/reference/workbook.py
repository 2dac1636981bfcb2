"""Reads the sheets of a reference folder, row by row, and says where each row stands."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Generic, TypeVar

from pydantic import ValidationError

from schemas.reference.problems import Problem
from schemas.reference.retention import Retention
from schemas.reference.rows import Agency, Hotline, Province, Term, Unit
from schemas.reference.rule import Rule
from schemas.reference.validity import Row

VOCABULARIES = (
    "stages",
    "typology",
    "place_types",
    "refusal_codes",
    "channels",
    "outcomes",
    "platforms",
    "couriers",
)
SHEETS: Mapping[str, type[Row]] = MappingProxyType(
    {
        "agencies": Agency,
        "provinces": Province,
        "units": Unit,
        "hotlines": Hotline,
        "routing": Rule,
        "retention": Retention,
        **dict.fromkeys(VOCABULARIES, Term),
    }
)
"""Each sheet of the folder, without its ending, and the model of its rows."""

R_co = TypeVar("R_co", bound=Row, covariant=True)
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Placed(Generic[R_co]):
    """A row and the line of the sheet on which it ends."""

    sheet: str
    line: int
    row: R_co

    def problem(self, column: str, message: str, remedy: str) -> Problem:
        """A problem with one cell of this row."""
        return Problem(f"{self.sheet}.csv", self.line, column, message, remedy)


@dataclass(frozen=True, slots=True)
class Workbook:
    """All rows that could be read, by sheet, in the order of the files."""

    sheets: Mapping[str, tuple[Placed[Row], ...]]

    def of(self, sheet: str, kind: type[R]) -> tuple[Placed[R], ...]:
        """The rows of one sheet as the model that the sheet has."""
        placed = self.sheets.get(sheet, ())
        return tuple(Placed(at.sheet, at.line, at.row) for at in placed if isinstance(at.row, kind))


def read(folder: Path) -> tuple[Workbook, tuple[Problem, ...]]:
    """The workbook and everything that could not be read. Touches nothing but `*.csv` of the folder."""
    problems: list[Problem] = list(_strangers(folder))
    sheets: dict[str, tuple[Placed[Row], ...]] = {}
    for sheet, model in SHEETS.items():
        rows, found = _read_sheet(folder / f"{sheet}.csv", sheet, model)
        sheets[sheet] = rows
        problems.extend(found)
    return Workbook(MappingProxyType(sheets)), tuple(problems)


def _strangers(folder: Path) -> Iterator[Problem]:
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in SHEETS:
            yield Problem(path.name, 0, "", "is no sheet of the reference data", f"Use one of {', '.join(SHEETS)}")


def _read_sheet(path: Path, sheet: str, model: type[Row]) -> tuple[tuple[Placed[Row], ...], list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return (), [Problem(path.name, 0, "", "is missing", f"Put it into {path.parent}")]
    except UnicodeDecodeError as error:
        return (), [Problem(path.name, 0, "", f"is not UTF-8 text: {error}", "Save it as CSV UTF-8")]
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True, restkey="", restval=None)
    try:
        wrong = list(_header_problems(path.name, model, reader.fieldnames or ()))
        return ((), wrong) if wrong else _read_rows(reader, sheet, model)
    except csv.Error as error:
        return (), [Problem(path.name, reader.line_num, "", f"is not CSV: {error}", "Check the quotes of this line")]


def _header_problems(file: str, model: type[Row], names: Sequence[str]) -> Iterator[Problem]:
    for name in names:
        if name not in model.model_fields:
            yield Problem(file, 1, name, "is an unknown column", f"Use only {', '.join(model.model_fields)}")
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Problem(file, 1, name, "stands twice in the header", "Keep one of the columns")
    for name, field in model.model_fields.items():
        if name not in names:
            yield Problem(file, 1, name, "is missing from the header", f"Add the column: {field.description}")


def _read_rows(
    reader: "csv.DictReader[str]", sheet: str, model: type[Row]
) -> tuple[tuple[Placed[Row], ...], list[Problem]]:
    rows: list[Placed[Row]] = []
    problems: list[Problem] = []
    for cells in reader:
        outcome = _read_row(cells, Problem(f"{sheet}.csv", reader.line_num, "", "", ""), model)
        if isinstance(outcome, Row):
            rows.append(Placed(sheet, reader.line_num, outcome))
        else:
            problems.extend(outcome)
    return tuple(rows), problems


def _read_row(cells: Mapping[str, str | None], at: Problem, model: type[Row]) -> Row | list[Problem]:
    width = len(model.model_fields)
    if "" in cells or None in cells.values():
        return [Problem(at.file, at.line, "", "has not as many cells as the header", f"Give {width} cells")]
    try:
        return model.model_validate(dict(cells))
    except ValidationError as error:
        return [
            Problem(at.file, at.line, str(found["loc"][0]), _said(found["msg"]), _remedy(model, str(found["loc"][0])))
            for found in error.errors(include_url=False, include_context=False)
        ]


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def _remedy(model: type[Row], column: str) -> str:
    field = model.model_fields.get(column)
    return f"Write {field.description}" if field is not None and field.description else "Correct the cell"
