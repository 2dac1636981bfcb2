"""The receipt: what an informant keeps in order to follow a tip, and all that the public door knows a tip by.

It is derived, so that a retry of the same form shows the same one, and only its hash is stored. Sixteen characters
carry 80 bits; a seventeenth is a check over GF(32) that catches every wrong character and every swap of two, so that
a slip of the pen is told apart from a receipt that was never given.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a receipt survives being read out by phone."""

BODY = 16
_GROUP = 4
_FIELD = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_FIVE_BITS = 0b100000
_CLEAN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u2013": None, "\u00a0": None})


class MistypedReceiptError(ValueError):
    """The text is not a receipt: check each character of what was typed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Sixteen characters and their check, without separators."""

    characters: str

    @classmethod
    def derive(cls, pepper: bytes, source: str, key: str) -> Self:
        """The receipt of the form sent under this key by this source; the same three always give the same one."""
        digest = hmac.digest(pepper, f"receipt\n{source}\n{key}".encode(), "sha256")
        number = int.from_bytes(digest[:10], "big")
        body = "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
        return cls(body + check_character(body))

    @classmethod
    def read(cls, typed: str) -> Self:
        """What a person typed: case, spaces and hyphens do not matter, and O, I and L are read as 0, 1 and 1.

        Raises MistypedReceiptError if the length, a character or the check is wrong.
        """
        characters = typed.strip().upper().translate(_CLEAN)
        body = characters[:BODY]
        if len(characters) != BODY + 1 or not set(characters) <= set(ALPHABET):
            raise MistypedReceiptError(MistypedReceiptError.__doc__)
        if characters[BODY] != check_character(body):
            raise MistypedReceiptError(MistypedReceiptError.__doc__)
        return cls(characters)

    @property
    def hash(self) -> bytes:
        """All that is stored: SHA-256, which 80 random bits make as good as a slow hash."""
        return hashlib.sha256(self.characters.encode()).digest()

    def __str__(self) -> str:
        body = self.characters[:BODY]
        groups = [body[start : start + _GROUP] for start in range(0, BODY, _GROUP)]
        return "-".join((*groups, self.characters[BODY:]))


def check_character(body: str) -> str:
    """The character c for which the polynomial of body and c vanishes at a primitive element of GF(32)."""
    value = 0
    for character in body:
        value = _times_alpha(value ^ ALPHABET.index(character))
    return ALPHABET[value]


def _times_alpha(value: int) -> int:
    shifted = value << 1
    return shifted ^ _FIELD if shifted & _FIVE_BITS else shifted
