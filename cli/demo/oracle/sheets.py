"""Reads the reference sheets as plain rows: a second reader, so that a fault of the first one shows."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

Row = dict[str, str]
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets that decide who is told: units, rules, and the customs offices of the adapter."""

    units: list[Row]
    rules: list[Row]
    offices: list[Row]

    @classmethod
    def read(cls, reference: Path, offices: Path) -> "Sheets":
        """The sheets of a folder; raises OSError where one is missing."""
        return cls(_rows(reference / "units.csv"), _rows(reference / "routing.csv"), _rows(offices))

    def unit(self, code: str, at: date) -> Row:
        """The row of a unit on a day; raises KeyError where it is not in force."""
        return next((row for row in in_force(self.units, at) if row["code"] == code), None) or _unknown(code, at)

    def unit_of(self, agency: str, province: str | None, at: date) -> str:
        """The agency's unit whose territory names the province, else its central one; raises KeyError."""
        own = [row for row in in_force(self.units, at) if row["agency"] == agency]
        near = [row for row in own if province is not None and province in row["territory"].split()]
        central = [row for row in own if row["central"] == "yes"]
        found = (near or central or [_unknown(agency, at)])[0]
        return found["code"]

    def coordinators(self, province: str | None, at: date) -> set[str]:
        """The coordinating units of a place, the central one always among them."""
        return {
            row["code"]
            for row in in_force(self.units, at)
            if row["coordinator"] == "yes" and {EVERYWHERE, province} & set(row["territory"].split())
        }

    def integrity_units(self, at: date) -> set[str]:
        """The units of the integrity route."""
        return {row["code"] for row in in_force(self.units, at) if row["integrity"] == "yes"}

    def line(self, code: str, at: date) -> set[str]:
        """The unit, all above it and all below it."""
        rows = list(in_force(self.units, at))
        parent = {row["code"]: row["parent"] for row in rows}
        above, step = set(), code
        while step and step not in above:
            above.add(step)
            step = parent.get(step, "")
        below, fresh = set(), {code}
        while fresh:
            below |= fresh
            fresh = {child for child, its in parent.items() if its in fresh} - below
        return above | below


def in_force(rows: Iterable[Row], at: date) -> Iterable[Row]:
    """The rows that hold on a day: from `valid_from` on, up to but not including `valid_to`."""
    day = at.isoformat()
    return (row for row in rows if row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"]))


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as sheet:
        return list(csv.DictReader(sheet))


def _unknown(code: str, at: date) -> Row:
    message = f"{code} has no unit in force on {at}"
    raise KeyError(message)
