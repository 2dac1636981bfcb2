"""Declarations as the agency publishes them, and the signal that a flagged one must become."""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from cli.demo.oracle.sheets import Row, Sheets, in_force

NOBODYS_OFFICE = "customs-hq"
YEARS_LATER = 5
"""The published rows are of 2021, before the rules in the sheets begin; the stand-in moves them on by this much."""

Declaration = Mapping[str, str]


def rows_of(file: Path) -> list[dict[str, str]]:
    """Every row of a published file; raises OSError where it cannot be read."""
    with file.open(encoding="utf-8", newline="") as sheet:
        return list(csv.DictReader(sheet))


def is_flagged(row: Declaration) -> bool:
    """Whether the agency's system marked the declaration as fraud."""
    return row["Fraud"] == "1"


def signal(row: Declaration, sheets: Sheets) -> dict[str, Any]:
    """What the adapter must report: by which unit, about what, on which day."""
    dated = date.fromisoformat(row["Date"])
    office = office_of(row["Office ID"], dated, sheets)
    place = {"place_type": "customs_control_area"} | ({"province": office["province"]} if office else {})
    return {
        "item": f"decl:{row['Declaration ID']}",
        "sender": office["unit"] if office else NOBODYS_OFFICE,
        "at": f"{dated.replace(year=dated.year + YEARS_LATER).isoformat()}T12:00:00+07:00",
        "facts": {"stages": ["nhap_khau"], "typology": ["KKS"], "found_by": "customs", "place": place},
        "identifiers": [{"kind": "importer_id", "value": row["Importer ID"]}] if row["Importer ID"] else [],
    }


def office_of(code: str, at: date, sheets: Sheets) -> Row | None:
    """The row of the office on the day of the declaration, or None for one that the table does not know."""
    return next((row for row in in_force(sheets.offices, at) if row["office_id"] == code), None)
