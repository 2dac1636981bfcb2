"""Rows of a list: one site a line, or a sheet whose columns are mapped to fields."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from schemas.reported.lines import MAX_LINE, Encoding, Fault, Line, Source, lines

MAX_COLUMNS = 200
MAX_LINES_OF_A_ROW = 50
DELIMITERS = ",;\t"


class Format(StrEnum):
    """How a list is laid out."""

    SITES = "sites"
    CSV = "csv"


class Field(StrEnum):
    """What a column can tell of a report."""

    SITE = "site"
    CONTENT = "content"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    PROVINCE = "province"
    RECEIVED_AT = "received_at"


class MapError(ValueError):
    """The columns of the file and the map do not fit: the column and the remedy, in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


@dataclass(frozen=True, slots=True)
class Row:
    """One report as it stands in the file; `number` is that of its first line. A row with a fault has no fields."""

    number: int
    fields: Mapping[Field, str] = field(default_factory=dict)
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. An empty map takes the columns that are named as the fields are."""

    format: Format = Format.SITES
    encoding: Encoding = Encoding.UTF_8
    columns: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))


def rows(source: Source, reading: Reading) -> Iterator[Row]:
    """Every row that is not empty; raises EncodingError, and MapError where the first row names other columns."""
    found = lines(source, reading.encoding)
    if reading.format is Format.SITES:
        return (Row(line.number, {Field.SITE: line.text}, line.fault) for line in found if not line.empty)
    return _sheet(_Pushed(found), reading.columns)


class _Pushed:
    """Lines, with a place to put those back that were read too far."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._back: list[Line] = []

    def next(self) -> Line | None:
        return self._back.pop() if self._back else next(self._source, None)

    def put_back(self, read: list[Line]) -> None:
        self._back.extend(reversed(read))


def _sheet(source: _Pushed, columns: Mapping[str, Field]) -> Iterator[Row]:
    head = _record(source)
    if head is None:
        return
    delimiter, header = _header(head)
    places = _places(header, columns)
    while (record := _record(source)) is not None:
        if not record.empty:
            yield _row(record, delimiter, len(header), places)


def _record(source: _Pushed) -> Line | None:
    """The lines of one row as one text. A quote that is never closed costs its own line and no other."""
    first = source.next()
    if first is None or first.fault or first.text.count('"') % 2 == 0:
        return first
    more: list[Line] = []
    text = first.text
    while (line := source.next()) is not None:
        more.append(line)
        text += f"\n{line.text}"
        if line.fault or len(more) == MAX_LINES_OF_A_ROW or len(text) > MAX_LINE:
            break
        if line.text.count('"') % 2:
            return Line(first.number, text)
    source.put_back(more)
    return Line(first.number, "", Fault.QUOTE)


def _header(head: Line) -> tuple[str, list[str]]:
    if head.fault:
        raise MapError(
            f"dòng {head.number} không đọc được như tên các cột ({head.fault}): đây có phải tệp CSV không?",
            f"line {head.number} cannot be read as names of columns ({head.fault}): is this a CSV file?",
        )
    delimiter = max(DELIMITERS, key=head.text.count)
    header = [name.strip() for name in _cells(head.text, delimiter) or ()]
    if not header or len(header) > MAX_COLUMNS:
        raise MapError(
            f"dòng {head.number} phải là tên các cột, nhiều nhất {MAX_COLUMNS} cột",
            f"line {head.number} must name the columns, at most {MAX_COLUMNS}",
        )
    return delimiter, header


def _places(header: list[str], columns: Mapping[str, Field]) -> dict[Field, int]:
    wanted = columns or {name: Field(name.lower()) for name in header if name.lower() in set(Field)}
    missing = [name for name in wanted if name not in header]
    if missing:
        raise MapError(
            f"không có cột {', '.join(missing)}; tệp có {', '.join(header)}",
            f"there is no column {', '.join(missing)}; the file has {', '.join(header)}",
        )
    places = {column: header.index(name) for name, column in wanted.items()}
    if not places.keys() & {Field.SITE, Field.CONTENT}:
        raise MapError(
            f"không có cột nào cho biết trang web: hãy chỉ ra, viết CỘT={Field.SITE}; tệp có {', '.join(header)}",
            f"no column tells the site: say which, as COLUMN={Field.SITE}; the file has {', '.join(header)}",
        )
    return places


def _row(record: Line, delimiter: str, width: int, places: Mapping[Field, int]) -> Row:
    if record.fault:
        return Row(record.number, fault=record.fault)
    cells = _cells(record.text, delimiter)
    if cells is None:
        return Row(record.number, fault=Fault.QUOTE)
    if len(cells) > max(width, MAX_COLUMNS) or max(places.values()) >= len(cells):
        return Row(record.number, fault=Fault.COLUMNS)
    return Row(record.number, {column: cells[place] for column, place in places.items() if cells[place].strip()})


def _cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of one row, as text: a cell that a spreadsheet would compute is kept as it is written."""
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
