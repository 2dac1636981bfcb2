"""Reading sheets: whatever is wrong is named by file, line and column, with what to write instead."""

from pathlib import Path

import pytest

from reference_builders import shipped_copy, with_cells
from schemas.reference.book import ReferenceBook, examine
from schemas.reference.problems import Problem, ReferenceProblemsError


def problems_of(folder: Path) -> tuple[Problem, ...]:
    _, problems = examine(folder)
    return problems


@pytest.mark.parametrize(
    "wrong",
    [
        ("units", "qltt-79", "valid_from", "01/07/2025", "'01/07/2025' is not a date"),
        ("units", "qltt-79", "valid_from", "20250701", "'20250701' is not a date"),
        ("units", "qltt-79", "valid_from", "2025-02-30", "day is out of range for month"),
        ("units", "qltt-79", "valid_from", "", "'' is not a date"),
        ("units", "qltt-79", "valid_to", "2025-07-01", "2025-07-01 is not after valid_from 2025-07-01"),
        ("units", "qltt-79", "central", "true", "'true' is neither yes nor no"),
        ("units", "qltt-79", "territory", "79 79", "'79 79' names a code twice"),
        ("units", "qltt-79", "territory", "79 *", "'79 *' mixes * with codes"),
        ("units", "qltt-79", "territory", "79,80", "'79,80' is not a code"),
        ("units", "qltt-79", "source", "", "is empty"),
        ("units", "qltt-79", "name_vi", "Tha\u0300nh phố", "is not in composed form (Unicode NFC)"),
        ("provinces", "79", "code", "079", "String should match pattern '^\\d{2}$'"),
        ("routing", "R-EXP-03", "stage", "", "is empty"),
        ("routing", "R-EXP-03", "min_value_vnd", "30 triệu", "'30 triệu' is not a whole number"),
        ("routing", "R-EXP-03", "min_value_vnd", "-1", "'-1' is not a whole number"),
        ("routing", "R-EXP-03", "priority", "8.5", "'8.5' is not a whole number"),
        ("hotlines", "bcd-79", "status", "old", "Input should be 'published', 'stale' or 'fictional'"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_column(tmp_path: Path, wrong: tuple[str, str, str, str, str]) -> None:
    sheet, key, column, cell, message = wrong
    folder = shipped_copy(tmp_path)
    with_cells(folder, sheet, key, **{column: cell})
    (problem,) = problems_of(folder)
    assert (problem.file, problem.column) == (f"{sheet}.csv", column)
    assert problem.message.startswith(message)
    assert problem.remedy.startswith("Write ")


def test_the_line_is_the_one_an_editor_shows(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    line = with_cells(folder, "units", "qltt-79", central="perhaps")
    (problem,) = problems_of(folder)
    assert problem.line == line
    assert str(problem).startswith(f"units.csv:{line}: central: ")


def test_every_wrong_cell_of_a_row_is_named_at_once(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    with_cells(folder, "units", "qltt-79", central="perhaps", desk="maybe", source="")
    assert [problem.column for problem in problems_of(folder)] == ["source", "central", "desk"]


def test_an_unknown_column_is_refused(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    rewrite(folder, "stages.csv", "source,note", "source,comment")
    assert [(problem.line, problem.column) for problem in problems_of(folder)] == [(1, "comment"), (1, "note")]


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    rewrite(folder, "stages.csv", "source,note", "source,source")
    assert "stands twice" in " ".join(problem.message for problem in problems_of(folder))


@pytest.mark.parametrize("line", ["01,Hà Nội", "01,Hà Nội,Hanoi,2025-07-01,,source,,one too many"])
def test_a_row_with_too_few_or_too_many_cells_is_refused(tmp_path: Path, line: str) -> None:
    folder = shipped_copy(tmp_path)
    path = folder / "provinces.csv"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    (problem,) = problems_of(folder)
    assert (problem.line, problem.message) == (36, "has not as many cells as the header")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is missing from the header"),
        (b"\xff\xfe\x00code", "is not UTF-8 text"),
        (b'code,kind,name_vi,name_en,basis,valid_from,valid_to,source,note\n"a"b,c\n', "is not CSV"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    folder = shipped_copy(tmp_path)
    (folder / "stages.csv").write_bytes(content)
    assert message in problems_of(folder)[0].message


def test_a_missing_sheet_and_a_stray_one_are_both_named(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    (folder / "stages.csv").rename(folder / "stage.csv")
    assert [(problem.file, problem.line) for problem in problems_of(folder)] == [("stage.csv", 0), ("stages.csv", 0)]


def test_a_byte_order_mark_of_a_spreadsheet_does_no_harm(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    path = folder / "stages.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert problems_of(folder) == ()


def test_a_book_with_problems_does_not_open(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    with_cells(folder, "units", "qltt-79", central="perhaps")
    with pytest.raises(ReferenceProblemsError, match=r"units\.csv:\d+: central") as caught:
        ReferenceBook.load(folder)
    assert len(caught.value.problems) == 1


def rewrite(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
