"""What one row alone cannot show: every old ward leads to a new one, in a province that is there and has a unit."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from schemas.reference.places.rows import REFORM, PlaceRow
from schemas.reference.places.sheets import FOLDER, PlaceTables
from schemas.reference.problems import Problem
from schemas.reference.rows import Province, Unit
from schemas.reference.workbook import Workbook


def audit(tables: PlaceTables, workbook: Workbook) -> Iterator[Problem]:
    """Every contradiction among the tables, and between them and the provinces and units of the workbook."""
    provinces = {placed.row.code for placed in workbook.of("provinces", Province)}
    old_provinces, districts = _codes(tables.old_provinces), _codes(tables.old_districts)
    yield from _order(tables)
    yield from _dates(tables)
    yield from _links("provinces", "code", tables.provinces, provinces)
    yield from _links("old_provinces", "successor", tables.old_provinces, _codes(tables.provinces))
    yield from _links("old_districts", "province", tables.old_districts, old_provinces)
    yield from _links("old_wards", "district", tables.old_wards, districts)
    yield from _links("wards", "province", tables.wards, _codes(tables.provinces))
    yield from _links("successors", "new", tables.successors, _codes(tables.wards))
    yield from _links("successors", "old", tables.successors, _codes(tables.old_wards) | districts)
    yield from _left_behind(tables)
    yield from _strays(tables)
    yield from _unheld(workbook)


def _codes(rows: Iterable[PlaceRow]) -> set[str]:
    return {str(getattr(row, "code", "")) for row in rows}


def _problem(sheet: str, index: int, column: str, message: str, remedy: str) -> Problem:
    return Problem(f"{FOLDER}/{sheet}.csv", index + 2, column, message, remedy)


def _order(tables: PlaceTables) -> Iterator[Problem]:
    sheets: tuple[tuple[str, str, Sequence[PlaceRow]], ...] = (
        ("old_provinces", "code", tables.old_provinces),
        ("old_districts", "code", tables.old_districts),
        ("old_wards", "code", tables.old_wards),
        ("provinces", "code", tables.provinces),
        ("wards", "code", tables.wards),
        ("successors", "old", tables.successors),
        ("sources", "sheet", tables.sources),
    )
    for sheet, column, rows in sheets:
        keys = [(str(getattr(row, column)), str(getattr(row, "new", ""))) for row in rows]
        for index, (before, after) in enumerate(pairwise(keys), start=1):
            if before >= after and sheet != "sources":
                verdict = "stands twice" if before == after else "is out of order"
                yield _problem(sheet, index, column, f"{' '.join(after).strip()} {verdict}", "Sort the rows by code")


def _dates(tables: PlaceTables) -> Iterator[Problem]:
    stated = {source.sheet: (index, source) for index, source in enumerate(tables.sources)}
    for sheet in ("old_provinces", "old_districts", "old_wards", "provinces", "wards", "successors"):
        if sheet not in stated:
            yield Problem(f"{FOLDER}/sources.csv", 0, "sheet", f"{sheet} has no source", "Add a row for it")
            continue
        index, source = stated[sheet]
        ends = source.valid_to == REFORM and source.valid_from < REFORM
        begins = source.valid_from == REFORM and source.valid_to is None
        if not (ends if sheet.startswith("old_") else begins):
            message = f"{sheet} holds from {source.valid_from} to {source.valid_to or 'open'}"
            yield _problem("sources", index, "valid_from", message, f"Old units end and new ones begin on {REFORM}")


def _links(sheet: str, column: str, rows: Sequence[PlaceRow], known: set[str]) -> Iterator[Problem]:
    for index, row in enumerate(rows):
        code = str(getattr(row, column))
        if code not in known:
            yield _problem(sheet, index, column, f"{code} is no code of that sheet", "Correct the code or add its row")


def _left_behind(tables: PlaceTables) -> Iterator[Problem]:
    led = {pair.old for pair in tables.successors}
    populated = {ward.district for ward in tables.old_wards}
    for index, ward in enumerate(tables.old_wards):
        if ward.code not in led:
            yield _problem("old_wards", index, "code", f"{ward.code} has no successor", "Add it to successors.csv")
    for index, district in enumerate(tables.old_districts):
        if district.code not in populated and district.code not in led:
            message = f"{district.code} has no wards and no successor"
            yield _problem("old_districts", index, "code", message, "Add it to successors.csv")


def _strays(tables: PlaceTables) -> Iterator[Problem]:
    """An old ward whose new one lies in another province than its old province became part of."""
    became = {province.code: province.successor for province in tables.old_provinces}
    above = {district.code: became.get(district.province) for district in tables.old_districts}
    above |= {ward.code: above.get(ward.district) for ward in tables.old_wards}
    lies_in = {ward.code: ward.province for ward in tables.wards}
    for index, pair in enumerate(tables.successors):
        if above.get(pair.old) != lies_in.get(pair.new):
            message = f"{pair.new} lies in another province than {pair.old} became part of"
            yield _problem("successors", index, "new", message, "Correct the pair")


def _unheld(workbook: Workbook) -> Iterator[Problem]:
    units = [placed.row for placed in workbook.of("units", Unit)]
    for placed in workbook.of("provinces", Province):
        if not any(unit.holds_place(placed.row.code) for unit in units):
            message = f"{placed.row.code} is in the territory of no unit"
            yield placed.problem("code", message, "Add it to a territory in units.csv")
