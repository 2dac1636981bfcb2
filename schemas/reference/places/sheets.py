"""Reads the sheets of `reference/places/`, each row held against its model."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from schemas.reference.places.rows import (
    NewProvince,
    OldDistrict,
    OldProvince,
    OldWard,
    PlaceRow,
    PlaceSource,
    Successor,
    Ward,
)
from schemas.reference.problems import Problem, ReferenceProblemsError

R = TypeVar("R", bound=PlaceRow)
FOLDER = "places"


@dataclass(frozen=True, slots=True)
class PlaceTables:
    """Every row of every sheet, in the order of the files: row number n stands on line n + 2."""

    old_provinces: tuple[OldProvince, ...] = ()
    old_districts: tuple[OldDistrict, ...] = ()
    old_wards: tuple[OldWard, ...] = ()
    provinces: tuple[NewProvince, ...] = ()
    wards: tuple[Ward, ...] = ()
    successors: tuple[Successor, ...] = ()
    sources: tuple[PlaceSource, ...] = ()

    @property
    def count(self) -> int:
        """How many rows there are."""
        old = len(self.old_provinces) + len(self.old_districts) + len(self.old_wards) + len(self.provinces)
        return old + len(self.wards) + len(self.successors) + len(self.sources)


def load(folder: Path) -> PlaceTables:
    """The tables of a reference folder, for use; raises ReferenceProblemsError where a row cannot be read."""
    tables, problems = read(folder)
    if problems:
        raise ReferenceProblemsError(problems)
    return tables


def read(folder: Path) -> tuple[PlaceTables, tuple[Problem, ...]]:
    """The tables of a reference folder and everything that could not be read."""
    problems: list[Problem] = []
    places = folder / FOLDER
    tables = PlaceTables(
        _sheet(places / "old_provinces.csv", OldProvince, problems),
        _sheet(places / "old_districts.csv", OldDistrict, problems),
        _sheet(places / "old_wards.csv", OldWard, problems),
        _sheet(places / "provinces.csv", NewProvince, problems),
        _sheet(places / "wards.csv", Ward, problems),
        _sheet(places / "successors.csv", Successor, problems),
        _sheet(places / "sources.csv", PlaceSource, problems),
    )
    return tables, tuple(problems)


def _sheet(path: Path, model: type[R], problems: list[Problem]) -> tuple[R, ...]:
    name = f"{FOLDER}/{path.name}"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        problems.append(Problem(name, 0, "", "is missing", f"Make it with reference/build/places.py in {path.parent}"))
        return ()
    except UnicodeDecodeError as error:
        problems.append(Problem(name, 0, "", f"is not UTF-8 text: {error}", "Save it as CSV UTF-8"))
        return ()
    header = list(model.model_fields)
    rows = csv.reader(lines, strict=True)
    try:
        if next(rows, None) != header:
            problems.append(Problem(name, 1, "", "has another header", f"Write {','.join(header)}"))
            return ()
        return tuple(
            row for cells in rows for row in _row(cells, model, Problem(name, rows.line_num, "", "", ""), problems)
        )
    except csv.Error as error:
        problems.append(Problem(name, rows.line_num, "", f"is not CSV: {error}", "Check the quotes of this line"))
        return ()


def _row(cells: list[str], model: type[R], at: Problem, problems: list[Problem]) -> tuple[R, ...]:
    names = model.model_fields
    if len(cells) != len(names):
        problems.append(
            Problem(at.file, at.line, "", "has not as many cells as the header", f"Give {len(names)} cells")
        )
        return ()
    try:
        return (model.model_validate(dict(zip(names, cells, strict=True))),)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False):
            column = str(found["loc"][0])
            message = found["msg"].removeprefix("Value error, ")
            problems.append(Problem(at.file, at.line, column, message, f"Write {names[column].description}"))
        return ()
