"""What a cell of a reference sheet may contain. A cell is text; each type says how it is read and what it refuses."""

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

ANY = "*"
"""In a condition: whatever the value is. In a territory: every province."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,48}")
_FLAGS = {"yes": True, "no": False}


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise ValueError(f"{value!r} is not a date")
    return date.fromisoformat(value)


def _optional_day(value: object) -> object:
    return None if value == "" else _day(value)


def _flag(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value not in _FLAGS:
        raise ValueError(f"{value!r} is neither yes nor no")
    return _FLAGS[value]


def _text(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty")
    if isinstance(value, str) and value != unicodedata.normalize("NFC", value):
        raise ValueError("is not in composed form (Unicode NFC)")
    return value


def _codes(value: object) -> object:
    if not isinstance(value, str):
        return value
    codes = value.split()
    wrong = next((code for code in codes if code != ANY and not _CODE.fullmatch(code)), None)
    if wrong is not None:
        raise ValueError(f"{wrong!r} is not a code")
    if len(set(codes)) != len(codes):
        raise ValueError(f"{value!r} names a code twice")
    if ANY in codes and len(codes) > 1:
        raise ValueError(f"{value!r} mixes {ANY} with codes")
    return tuple(codes)


def _condition(value: object) -> object:
    codes = _codes(value)
    if codes == ():
        raise ValueError("is empty")
    return () if codes == (ANY,) else codes


def _amount(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value and not (value.isascii() and value.isdigit()):
        raise ValueError(f"{value!r} is not a whole number")
    return int(value or "0")


Day = Annotated[date, BeforeValidator(_day)]
"""An ISO date, written in full."""
OptionalDay = Annotated[date | None, BeforeValidator(_optional_day)]
"""An ISO date, or nothing."""
Flag = Annotated[bool, BeforeValidator(_flag)]
"""`yes` or `no`."""
Text = Annotated[str, BeforeValidator(_text), StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""Text of 1 to 500 characters in composed form, so that equal words are equal bytes."""
Codes = Annotated[tuple[str, ...], BeforeValidator(_codes)]
"""Codes with spaces between them; possibly none; or `*` alone."""
Condition = Annotated[tuple[str, ...], BeforeValidator(_condition)]
"""Codes of which one must apply; `*` in the sheet, and the empty tuple here, is no condition."""
Amount = Annotated[int, BeforeValidator(_amount)]
"""Whole dong; an empty cell is 0."""
