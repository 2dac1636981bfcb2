"""Whom or what a case is about, as a keyed hash: records meet on it, and the value itself is never stored."""

import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Iterable

from schemas.facts import Identifier, IdentifierKind

_COUNTRY = "84"
_DOMESTIC_DIGITS = 9
"""Digits of a mobile number after its leading zero or its country code."""


def subject_key(identifiers: Iterable[Identifier], pepper: bytes) -> bytes | None:
    """HMAC-SHA256 of the first usable identifier in the order of `_NORMAL`, or None where there is none.

    Among identifiers of one kind the first as given counts. A value of which nothing is left after normalisation
    (a telephone number without digits) is passed over. The kind is hashed with the value, so that twelve digits
    of an account never meet the same twelve digits of a citizen.
    """
    given = tuple(identifiers)
    for kind, normal in _NORMAL.items():
        for identifier in given:
            value = normal(_text(identifier.value)) if identifier.kind is kind else ""
            if value:
                return hmac.digest(pepper, f"{kind}:{value}".encode(), hashlib.sha256)
    return None


def _text(value: str) -> str:
    return unicodedata.normalize("NFC", value).casefold().strip()


def _digits(value: str) -> str:
    return "".join(letter for letter in value if letter in "0123456789")


def _phone(value: str) -> str:
    digits = _digits(value)
    foreign = digits.startswith(_COUNTRY) and len(digits) == len(_COUNTRY) + _DOMESTIC_DIGITS
    return f"0{digits.removeprefix(_COUNTRY)}" if foreign else digits


def _site(value: str) -> str:
    return (value.partition("://")[2] or value).removeprefix("www.").rstrip("/")


_NORMAL: dict[IdentifierKind, Callable[[str], str]] = {
    IdentifierKind.TAX_CODE: _digits,
    IdentifierKind.IMPORTER_ID: str,
    IdentifierKind.CITIZEN_NUMBER: _digits,
    IdentifierKind.ACCOUNT: _digits,
    IdentifierKind.PHONE: _phone,
    IdentifierKind.SHOP: str,
    IdentifierKind.SITE: _site,
}
"""The kinds that make a subject, strongest first, each with what its value is reduced to."""
