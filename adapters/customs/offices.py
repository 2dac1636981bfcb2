"""Which unit of the bus an office of the customs system is: `offices.csv`, by hand, with dates and sources."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from adapters.sdk.errors import ConfigurationError

NOBODYS = "customs-hq"
"""The unit that reports for an office which the sheet does not name on the day."""
SHEET = Path(__file__).with_name("offices.csv")
COLUMNS = ("office_id", "unit", "province", "valid_from", "valid_to", "source", "note")


@dataclass(frozen=True, slots=True)
class Office:
    """An office's unit and province, from `since` up to but without `until`."""

    unit: str
    province: str
    since: date
    until: date | None

    def holds(self, at: date) -> bool:
        """Whether the row is in force on a day."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Offices:
    """The sheet, by the system's office id."""

    rows: Mapping[str, tuple[Office, ...]]

    @classmethod
    def load(cls, sheet: Path = SHEET) -> "Offices":
        """Reads the sheet; raises `ConfigurationError` naming the line that is wrong."""
        found: dict[str, tuple[Office, ...]] = {}
        with sheet.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ConfigurationError(f"{sheet.name}: line 1 must be {','.join(COLUMNS)}")
            for row in reader:
                office = _office(row, f"{sheet.name}: line {reader.line_num}")
                found[row["office_id"]] = (*found.get(row["office_id"], ()), office)
        return cls(found)

    def of(self, office_id: str, at: date) -> Office | None:
        """The office on a day, or None for one that the sheet does not name."""
        return next((office for office in self.rows.get(office_id, ()) if office.holds(at)), None)

    def units(self) -> frozenset[str]:
        """Every unit that the sheet names, and the one for offices that it does not name."""
        return frozenset({NOBODYS, *(office.unit for offices in self.rows.values() for office in offices)})


def _office(row: Mapping[str, str], where: str) -> Office:
    try:
        until = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        return Office(row["unit"], row["province"], date.fromisoformat(row["valid_from"]), until)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"{where}: {error}") from None
