"""Which unit an office is, on which day."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import reference
from adapters.customs.offices import COLUMNS, NOBODYS, Offices
from adapters.sdk.errors import ConfigurationError
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date

HEAD = ",".join(COLUMNS)


def sheet(folder: Path, *lines: str) -> Path:
    path = folder / "offices.csv"
    path.write_text("\n".join((HEAD, *lines)) + "\n", encoding="utf-8")
    return path


def test_an_office_may_change_its_unit_and_the_day_decides(tmp_path: Path) -> None:
    offices = Offices.load(
        sheet(tmp_path, "7,customs-kv1,01,2021-01-01,2021-06-01,s,", "7,customs-kv2,79,2021-06-01,,s,")
    )
    found = [offices.of("7", date(2021, 5, 31)), offices.of("7", date(2021, 6, 1)), offices.of("7", date(2020, 1, 1))]
    assert [office and (office.unit, office.province) for office in found] == [
        ("customs-kv1", "01"),
        ("customs-kv2", "79"),
        None,
    ]
    assert offices.of("8", date(2021, 6, 1)) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [("7,customs-kv1,01,2021-13-01,,s,", "line 2: month must be in 1..12"), ("7,customs-kv1", "line 2: ")],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        Offices.load(sheet(tmp_path, line))


def test_a_sheet_of_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "offices.csv"
    path.write_text("office,unit\n")
    with pytest.raises(ConfigurationError, match="line 1 must be office_id,unit"):
        Offices.load(path)


def test_the_sheet_that_ships_names_units_in_force_and_the_province_of_their_territory() -> None:
    book, today = ReferenceBook.load(reference.folder()), vietnam_date(datetime.now(UTC))
    offices = Offices.load()
    for rows in offices.rows.values():
        for office in rows:
            unit = book.unit(office.unit, today)
            assert unit.agency == "customs"
            assert unit.holds_place(office.province)
    assert offices.units() <= {unit.code for unit in book.units_at(today)}
    assert NOBODYS in offices.units()
