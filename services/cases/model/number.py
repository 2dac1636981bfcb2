"""Case numbers: unordered, so that a number tells nothing of how many cases there are or which came first."""

from datetime import date

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which are misread on the telephone."""
_BITS_A_LETTER = 5
RANDOM_BYTES = 5
"""Forty bits make eight letters."""


def case_number(day: date, random: bytes) -> str:
    """`VV/<year>/<eight letters>` from five random bytes; raises ValueError on any other number of bytes."""
    if len(random) != RANDOM_BYTES:
        text = f"a case number takes {RANDOM_BYTES} random bytes, {len(random)} were given"
        raise ValueError(text)
    bits = int.from_bytes(random)
    shifts = range((RANDOM_BYTES * 8) - _BITS_A_LETTER, -1, -_BITS_A_LETTER)
    return f"VV/{day.year:04d}/" + "".join(_ALPHABET[bits >> shift & 31] for shift in shifts)
