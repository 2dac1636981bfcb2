"""The tables of old and new units: what ships, what the check finds, and who builds them."""

from datetime import date
from pathlib import Path

import pytest

import reference
from reference.build.places import BuildError, main, tables
from reference_builders import shipped_copy
from schemas.reference import places
from schemas.reference.places.rows import REFORM
from schemas.reference.places.sheets import load
from schemas.reference.problems import Problem, ReferenceProblemsError
from schemas.reference.workbook import read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shipped_copy(tmp_path)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    workbook, _ = read(folder)
    return places.examine(folder, workbook)[1]


def replaced(folder: Path, sheet: str, old: str, new: str) -> None:
    path = folder / "places" / f"{sheet}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_shipped_tables_hold_both_reforms_sides() -> None:
    shipped = load(reference.folder())
    counts = (shipped.old_provinces, shipped.old_districts, shipped.old_wards, shipped.provinces, shipped.wards)
    assert [len(rows) for rows in counts] == [63, 696, 10035, 34, 3321]
    assert {source.valid_to or source.valid_from for source in shipped.sources} == {REFORM}
    assert date(2025, 7, 1) == REFORM


def test_the_shipped_tables_have_nothing_to_correct(folder: Path) -> None:
    assert problems_of(folder) == ()


@pytest.mark.parametrize(
    ("sheet", "old", "new", "column", "said"),
    [
        ("successors", "\n00004,00004\n", "\n", "code", "00004 has no successor"),
        ("successors", "\n00004,00004\n", "\n00004,99999\n", "new", "99999 is no code"),
        ("successors", "\n00004,00004\n", "\n00004,26740\n", "new", "26740 lies in another province than 00004"),
        ("wards", "\n00004,01,", "\n00004,99,", "province", "99 is no code"),
        ("wards", "\n00008,01,", "\n00004,01,", "code", "00004 stands twice"),
        ("old_wards", "\n00004,001,", "\n00004,999,", "district", "999 is no code"),
        ("old_provinces", "\n02,Tỉnh Hà Giang,08", "\n02,Tỉnh Hà Giang,07", "successor", "07 is no code"),
        ("sources", "wards,2025-07-01,,", "wards,2025-08-01,,", "valid_from", "wards holds from 2025-08-01"),
        ("wards", "\n00004,01,Phường Ba Đình", "\n4,01,Phường Ba Đình", "code", "String should match"),
        ("wards", "code,province,name", "code,province,title", "", "has another header"),
        ("provinces", "\n01,Thành phố Hà Nội", "\n01", "", "has not as many cells"),
    ],
)
def test_a_wrong_cell_is_named_with_its_sheet_and_column(
    folder: Path, *, sheet: str, old: str, new: str, column: str, said: str
) -> None:
    replaced(folder, sheet, old, new)
    found = [problem for problem in problems_of(folder) if said in problem.message]
    assert found, problems_of(folder)[:3]
    assert found[0].column == column
    assert found[0].file.startswith("places/")
    assert found[0].remedy


def test_a_missing_sheet_names_the_program_that_makes_it(folder: Path) -> None:
    (folder / "places" / "wards.csv").unlink()
    (problem,) = problems_of(folder)
    assert (problem.file, problem.message) == ("places/wards.csv", "is missing")
    with pytest.raises(ReferenceProblemsError, match=r"reference/build/places\.py"):
        load(folder)


def test_a_province_that_no_unit_holds_is_found(folder: Path) -> None:
    path = folder / "units.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if ",*," not in line]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert any("territory of no unit" in problem.message for problem in problems_of(folder))


def test_tables_are_made_from_the_one_known_wheel(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="SHA-256 differs"):
        tables(b"another file")
    other = tmp_path / "other.whl"
    other.write_bytes(b"PK")
    with pytest.raises(BuildError):
        main([str(other), str(tmp_path)])
