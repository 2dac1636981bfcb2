"""A list on its way to its desk: what the file is, and its rows a few hundred at a time."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, BinaryIO

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Member

from schemas.reported.lines import BLOCK, MAX_LINE, Encoding, Fault, Source
from schemas.reported.rows import MAX_COLUMNS, Field, Format, Reading, Row, rows

CHUNK_ROWS = 500
CHUNK_CHARACTERS = 64 * 1024
CHUNK_BYTES = 1024 * 1024
"""Larger than any chunk that keeps to the two bounds above, whatever its characters need in JSON."""
MAX_FILE_NAME = 200

Column = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LINE)]


class Sent(BaseModel):
    """Base of what is sent to the desk's door; unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(Sent):
    """A file before its rows: by its SHA-256 and the way it is read it is known again."""

    file_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    file_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_FILE_NAME)]
    format: Format = Format.SITES
    encoding: Encoding = Encoding.UTF_8
    columns: Annotated[dict[Column, Field], Member(max_length=MAX_COLUMNS)] = {}
    rows: Annotated[int, Member(ge=0)]
    """How many rows are not empty, for the progress that is shown."""


class SentRow(Sent):
    """One row: its fields, or why its reader could not read it."""

    number: Annotated[int, Member(ge=1)]
    fields: dict[Field, Annotated[str, StringConstraints(max_length=MAX_LINE)]] = {}
    fault: Fault | None = None


class Chunk(Sent):
    """Rows in the order of the file, none left out since row `after`; `last` says that the file ends with them."""

    after: Annotated[int, Member(ge=0)]
    rows: Annotated[tuple[SentRow, ...], Member(max_length=CHUNK_ROWS)] = ()
    last: bool = False


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that was read once from end to end: every line is in its encoding and the map fits."""

    opened: Callable[[], BinaryIO]
    name: str
    reading: Reading
    sha256: str
    rows: int

    def listed(self) -> dict[str, Any]:
        """What the door is told first."""
        listed = Listed(
            file_sha256=self.sha256,
            file_name=self.name[:MAX_FILE_NAME],
            format=self.reading.format,
            encoding=self.reading.encoding,
            columns=dict(self.reading.columns),
            rows=self.rows,
        )
        return listed.model_dump(mode="json")

    def chunks(self, after: int) -> Iterator[dict[str, Any]]:
        """The rows past line `after`; the last chunk says so and may be empty."""
        with self.opened() as source:
            yield from _chunks((row for row in rows(source, self.reading) if row.number > after), after)


def examined(opened: Callable[[], BinaryIO], name: str, reading: Reading) -> ListedFile:
    """Reads the file once, in blocks; raises EncodingError, MapError or OSError before anything of it is sent."""
    with opened() as source:
        hashed = _Hashed(source)
        count = sum(1 for _ in rows(hashed, reading))
        while hashed.read(BLOCK):
            """What the reader left, so that the hash is that of the whole file."""
    return ListedFile(opened, name, reading, hashed.digest.hexdigest(), count)


class _Hashed:
    def __init__(self, source: Source) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block


def _chunks(found: Iterator[Row], after: int) -> Iterator[dict[str, Any]]:
    held: list[dict[str, Any]] = []
    size = 0
    for row in found:
        length = sum(len(text) for text in row.fields.values())
        if len(held) == CHUNK_ROWS or (held and size + length > CHUNK_CHARACTERS):
            yield {"after": after, "rows": held, "last": False}
            after, held, size = held[-1]["number"], [], 0
        held.append(_sent(row))
        size += length
    yield {"after": after, "rows": held, "last": True}


def _sent(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {"number": row.number}
    return {**told, "fault": row.fault.value} if row.fault else {**told, "fields": dict(row.fields)}
