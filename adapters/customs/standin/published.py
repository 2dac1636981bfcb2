"""Reads a file in the format of the published synthetic customs data, and takes it whole or not at all."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from adapters.customs.standin.columns import COLUMNS, Row
from adapters.customs.standin.shelf import Shelf

PUBLISHED = "customs-declarations-2021Q2.csv"
"""The file's name where it was published: 8,481 declarations, 1,835 of them marked as fraud."""
NOTICE = (
    "Published synthetic customs data (arXiv 2208.02484), moved on by five years; no declaration is real. "
    "Dữ liệu hải quan tổng hợp đã công bố, ngày được dời thêm năm năm; không tờ khai nào là thật."
)
TOLD = 20
"""So many wrong lines are told at once."""
_MARKS = {"0": {"0"}, "1": {"1", "2"}}


class DeclarationsError(Exception):
    """The file cannot be used; the message says why, line by line where lines are wrong."""


def find(asked: str, data: str | None) -> Path:
    """The file as asked, else by that name in the folder `PHOIHOP_DATA`; raises `DeclarationsError`."""
    places = [Path(asked), *([Path(data) / asked] if data else [])]
    for place in places:
        if place.is_file():
            return place
    looked = " and ".join(str(place) for place in places)
    raise DeclarationsError(f"there is no file {looked}: give --declarations FILE, or set PHOIHOP_DATA to its folder")


def read(path: Path) -> Shelf:
    """Every declaration of the file; raises `DeclarationsError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = _rows(csv.reader(lines, strict=True), path)
    except UnicodeDecodeError as error:
        raise DeclarationsError(f"{path}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise DeclarationsError(f"{path} cannot be read: {error.strerror}") from error
    return Shelf.of("published", NOTICE, rows)


def _rows(lines: Iterator[list[str]], path: Path) -> list[Row]:
    """The rows; raises with the lines that are wrong. `lines` is a csv reader, which counts them."""
    header = next(lines, None)
    if header is None or tuple(header) != COLUMNS:
        raise DeclarationsError(f"{path}: line 1 must name these columns: {','.join(COLUMNS)}")
    rows: dict[str, Row] = {}
    wrong: list[str] = []
    for number, cells in enumerate(_guarded(lines, path), start=2):
        found = _row(cells, rows)
        if isinstance(found, str):
            wrong.append(f"line {number}: {found}")
        else:
            rows[found["Declaration ID"]] = found
    if wrong:
        more = f"\n… and {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
        raise DeclarationsError(f"{path}: {len(wrong)} wrong lines\n" + "\n".join(wrong[:TOLD]) + more)
    if not rows:
        raise DeclarationsError(f"{path}: holds no declaration")
    return list(rows.values())


def _guarded(lines: Iterator[list[str]], path: Path) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise DeclarationsError(f"{path}: cannot be read as CSV: {error}") from error


def _row(cells: list[str], known: Mapping[str, Row]) -> Row | str:
    """The row, or what is wrong with it."""
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} values, not {len(COLUMNS)}"
    row = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))
    for column, is_right, wanted in _CHECKS:
        if not is_right(row[column]):
            return f"{column}: {row[column][:40]!r} is not {wanted}"
    if row["Critical Fraud"] not in _MARKS[row["Fraud"]]:
        return f"Critical Fraud: {row['Critical Fraud'][:40]!r} does not fit Fraud {row['Fraud']}"
    return f"Declaration ID: {row['Declaration ID']} is there twice" if row["Declaration ID"] in known else row


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text) >= 0
    except InvalidOperation:
        return False


_CHECKS = (
    ("Declaration ID", lambda text: text.isalnum() and text.isascii() and len(text) <= len("1" * 20), "an id"),
    ("Date", _is_date, "a date YYYY-MM-DD"),
    ("Office ID", str.isdecimal, "an office's number"),
    ("Importer ID", str.isalnum, "an importer's id"),
    ("HS6 Code", lambda text: text.isdecimal() and len(text) == len("420231"), "six digits"),
    ("Net Mass", _is_amount, "an amount"),
    ("Item Price", _is_amount, "an amount"),
    ("Fraud", _MARKS.__contains__, "0 or 1"),
)
"""What is asked of a line beyond its number of values: the columns that a signal is made of."""
