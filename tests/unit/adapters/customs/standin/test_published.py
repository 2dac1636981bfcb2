"""A file in the published format: taken whole, or refused with the lines that are wrong."""

import os
from pathlib import Path

import pytest

from adapters.customs.standin.columns import COLUMNS
from adapters.customs.standin.published import PUBLISHED, TOLD, DeclarationsError, find, read
from customs_builders import numbered

HEAD = ",".join(COLUMNS)


def lines(count: int) -> list[str]:
    return [",".join(row.values()) for row in numbered(count)]


def written(folder: Path, *content: str) -> Path:
    path = folder / "declarations.csv"
    path.write_text("\n".join((HEAD, *content)) + "\n", encoding="utf-8")
    return path


def test_every_row_is_kept_in_the_order_of_the_file_its_date_moved_on_by_five_years(tmp_path: Path) -> None:
    shelf = read(written(tmp_path, *reversed(lines(5))))
    assert [row["Declaration ID"] for row in shelf.rows] == [f"1000000{number}" for number in (4, 3, 2, 1, 0)]
    assert {(row["Date"], row["Moved Date"]) for row in shelf.rows} == {("2021-04-01", "2026-04-01")}
    assert "synthetic" in shelf.notice


def test_the_same_content_is_the_same_source(tmp_path: Path) -> None:
    one = read(written(tmp_path, *lines(5))).source
    assert read(written(tmp_path, *lines(5))).source == one
    assert read(written(tmp_path, *lines(4))).source != one


def test_a_leap_day_moves_to_a_day_that_exists(tmp_path: Path) -> None:
    (row,) = read(written(tmp_path, lines(1)[0].replace("2021-04-01", "2020-02-29"))).rows
    assert row["Moved Date"] == "2025-02-28"


WRONG = [
    ("Date", "2021-04-01", "2021-04-31"),
    ("HS6 Code", ",420231,", ",4202,"),
    ("Office ID", ",40,B", ",x,B"),
    ("Importer ID", "Y3OM027", ""),
    ("Net Mass", ",1.25,", ",heavy,"),
    ("Fraud", ",1,1", ",2,1"),
    ("Critical Fraud", ",1,1", ",0,1"),
    ("Declaration ID", "10000001", "10 00"),
]


@pytest.mark.parametrize(("column", "right", "wrong"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_value_is_told_with_its_line_and_column(tmp_path: Path, column: str, right: str, wrong: str) -> None:
    content = lines(3)
    content[1] = content[1].replace(right, wrong)
    with pytest.raises(DeclarationsError, match=rf"1 wrong lines\nline 3: {column}: "):
        read(written(tmp_path, *content))


def test_a_line_of_too_few_values_and_an_id_that_is_there_twice_are_told(tmp_path: Path) -> None:
    content = [*lines(2), "garbage", lines(1)[0]]
    with pytest.raises(DeclarationsError) as refused:
        read(written(tmp_path, *content))
    assert "line 4: 1 values, not 22" in str(refused.value)
    assert "line 5: Declaration ID: 10000000 is there twice" in str(refused.value)


def test_of_many_wrong_lines_the_first_are_told_and_the_others_counted(tmp_path: Path) -> None:
    with pytest.raises(DeclarationsError, match=r"100 wrong lines(?s:.*)… and 80 more"):
        read(written(tmp_path, *["x"] * 100))
    assert TOLD == 20


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "line 1 must name these columns"),
        (b"a,b\n1,2\n", "line 1 must name these columns"),
        (HEAD.encode() + b"\n", "holds no declaration"),
        (HEAD.encode() + b"\n\xff\xfe\n", "not UTF-8"),
        (HEAD.encode() + b'\n"never closed\n', "cannot be read as CSV"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(DeclarationsError, match=why):
        read(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DeclarationsError, match="cannot be read"):
        read(tmp_path)


def test_it_is_looked_for_as_given_and_then_among_the_data(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert find(str(path), None) == path
    assert find("declarations.csv", str(tmp_path)) == path
    with pytest.raises(DeclarationsError, match=r"there is no file elsewhere.csv and .*PHOIHOP_DATA"):
        find("elsewhere.csv", str(tmp_path))


def test_the_published_file_is_read_whole() -> None:
    folder = os.environ.get("PHOIHOP_DATA")
    if not folder or not (Path(folder) / PUBLISHED).is_file():
        pytest.skip(f"set PHOIHOP_DATA to the folder of {PUBLISHED}")
    shelf = read(find(PUBLISHED, folder))
    assert (len(shelf.rows), shelf.flagged()) == (8481, 1835)
    assert sum(row["Critical Fraud"] == "2" for row in shelf.rows) == 73
