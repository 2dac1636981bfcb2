"""Text lines of a file of any size, read in blocks: no line, however long, is ever held whole."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MAX_LINE = 8000
"""Characters of a line: what a tip's content may have. A longer one is counted, refused and never kept."""
BLOCK = 64 * 1024
_BOM = "\ufeff"


class Encoding(StrEnum):
    """Encodings that a list may come in."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1258 = "windows-1258"


class Fault(StrEnum):
    """Why a line cannot be a report."""

    TOO_LONG = "too_long"
    NUL = "nul"
    COLUMNS = "columns"
    QUOTE = "quote"
    NO_SITE = "no_site"
    FIELD = "field"


class Source(Protocol):
    """An open binary file, or anything that gives its bytes in blocks."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `number` counts from 1, empty ones too. A line with a fault has no text."""

    number: int
    text: str
    fault: Fault | None = None

    @property
    def empty(self) -> bool:
        """Nothing but white space, or a mark of byte order."""
        return self.fault is None and not self.text.strip().strip(_BOM).strip()


class EncodingError(ValueError):
    """The file is in another encoding than was said: the line where it shows, and what it seems to be instead.

    What to do about it is said by the door that took the file, in the words of that door.
    """

    def __init__(self, number: int, encoding: Encoding, begins_as: Encoding | None = None) -> None:
        seems = f": it begins as {begins_as.upper()} does" if begins_as else ""
        super().__init__(f"line {number} is not {encoding.upper()} text{seems}")
        self.number = number
        self.encoding = encoding
        self.begins_as = begins_as


def lines(source: Source, encoding: Encoding = Encoding.UTF_8) -> Iterator[Line]:
    """Every line, ended by LF, CRLF or CR; raises EncodingError at the first that is not in the encoding."""
    number, held, skipping = 1, "", False
    for block in _decoded(source, encoding):
        *whole, rest = block.split("\n")
        for text in whole:
            yield _line(number, held + text, skipping=skipping)
            number, held, skipping = number + 1, "", False
        if skipping or len(held) + len(rest) > MAX_LINE:
            held, skipping = "", True
        else:
            held += rest
    if held or skipping:
        yield _line(number, held, skipping=skipping)


def _line(number: int, text: str, *, skipping: bool) -> Line:
    if skipping or len(text) > MAX_LINE:
        return Line(number, "", Fault.TOO_LONG)
    if "\0" in text:
        return Line(number, "", Fault.NUL)
    return Line(number, text.removeprefix(_BOM) if number == 1 else text)


def _decoded(source: Source, encoding: Encoding) -> Iterator[str]:
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("strict"), translate=True)
    number, first = 1, True
    while True:
        block = source.read(BLOCK)
        if first and encoding is Encoding.UTF_8 and block[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            raise EncodingError(1, encoding, begins_as=Encoding.UTF_16)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeError as error:
            raise EncodingError(number + _ends_before(error), encoding) from None
        first = False
        number += text.count("\n")
        yield text
        if not block:
            return


def _ends_before(error: UnicodeError) -> int:
    return error.object[: error.start].count(b"\n") if isinstance(error, UnicodeDecodeError) else 0
