"""Rows of sheets: the map of columns, and what of a sheet cannot be read."""

import io
import tracemalloc

import pytest

from schemas.reported.lines import Fault
from schemas.reported.rows import MAX_COLUMNS, Field, Format, MapError, Reading, Row, rows

MAP = {"Trang web": Field.SITE, "Nội dung": Field.CONTENT}


def sheet(content: str | bytes, columns: dict[str, Field] | None = None) -> list[Row]:
    data = content.encode() if isinstance(content, str) else content
    return list(rows(io.BytesIO(data), Reading(Format.CSV, columns=MAP if columns is None else columns)))


def test_columns_are_found_by_name_in_any_order_and_behind_any_usual_sign() -> None:
    for sign in (",", ";", "\t"):
        [row] = sheet(f"stt{sign}Nội dung{sign}Trang web\n1{sign}bán hàng giả{sign}a.example\n")
        assert row == Row(2, {Field.SITE: "a.example", Field.CONTENT: "bán hàng giả"})


def test_columns_that_are_named_as_fields_need_no_map() -> None:
    assert sheet("Site,phone\na.example,0912\n", {}) == [Row(2, {Field.SITE: "a.example", Field.PHONE: "0912"})]


def test_a_map_that_does_not_fit_names_what_the_file_has() -> None:
    with pytest.raises(MapError, match="there is no column Trang web, Nội dung; the file has site, ghi chú"):
        sheet("site,ghi chú\na.example,x\n")
    with pytest.raises(MapError, match="no column tells the site"):
        sheet("url,x\na.example,x\n", {})


def test_a_cell_may_hold_the_sign_and_the_end_of_a_line_between_quotes() -> None:
    content = 'Trang web,Nội dung\na.example,"một, hai\nba ""bốn"""\nb.example,x\n'
    first, second = sheet(content)
    assert first.fields[Field.CONTENT] == 'một, hai\nba "bốn"'
    assert (first.number, second.number) == (2, 4)


@pytest.mark.parametrize("cell", ["=1+1", '=HYPERLINK(""http://a.example"")', "+84912", "-1", "@SUM(A1)"])
def test_what_a_spreadsheet_would_compute_is_kept_as_text(cell: str) -> None:
    [row] = sheet(f'Trang web,Nội dung\na.example,"{cell}"\n')
    assert row.fields[Field.CONTENT] == cell.replace('""', '"')


def test_a_quote_that_is_never_closed_costs_its_own_line_alone() -> None:
    found = sheet('Trang web,Nội dung\na.example,"x\n' + "b.example,y\n" * 300)
    assert (found[0].number, found[0].fault) == (2, Fault.QUOTE)
    assert len(found) == 301
    assert {row.fault for row in found[1:]} == {None}


def test_a_row_without_a_mapped_column_is_refused_with_its_number() -> None:
    assert sheet("Trang web,Nội dung\n\na.example\nb.example,x\n") == [
        Row(3, fault=Fault.COLUMNS),
        Row(4, {Field.SITE: "b.example", Field.CONTENT: "x"}),
    ]


def test_a_million_columns_are_refused_without_being_held() -> None:
    wide = b",".join([b"x"] * 10**6)
    tracemalloc.start()
    try:
        [row, after] = sheet("Trang web,Nội dung\n".encode() + wide + b"\nb.example,x\n")
        with pytest.raises(MapError, match="line 1 cannot be read as names of columns"):
            sheet(wide + b"\na\n")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (row.number, row.fault, after.fields[Field.SITE]) == (2, Fault.TOO_LONG, "b.example")
    assert peak < len(wide) * 2 + 2 * 1024**2


def test_more_columns_than_a_sheet_may_have_are_refused() -> None:
    many = ",".join(["x"] * (MAX_COLUMNS + 1))
    assert sheet(f"Trang web,Nội dung\n{many}\n") == [Row(2, fault=Fault.COLUMNS)]
    with pytest.raises(MapError, match=f"at most {MAX_COLUMNS}"):
        sheet(f"{many}\n")


def test_an_empty_file_has_no_rows() -> None:
    assert sheet("") == []
    assert list(rows(io.BytesIO(b"\n \n"), Reading())) == []
