"""A typed address as words that can be compared: how it is cut, and how a name is written for comparison."""

import re
import unicodedata
from dataclasses import dataclass

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
"""Grave, acute, tilde, hook and dot below. The other marks of Vietnamese make a letter, not a tone."""

_LETTERS = str.maketrans({"Ð": "đ", "ð": "đ", "Đ": "đ", "Ɖ": "đ", "’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_CUT = re.compile(r"([,;\n\r|/()\[\]]+|\s[-–—]\s)")
_DASHES = frozenset("-–—")
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `plain` without marks, `marked` with them and its tone last, and where parts begin.

    `begins` a part after a comma, or after a dash between spaces, over which a name may go on (Bà Rịa - Vũng Tàu);
    `hard` only after the former. `dotted` words have a full stop behind them (`P.`).
    """

    plain: str
    marked: str
    begins: bool
    hard: bool
    dotted: bool = False


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text. Letters and digits are parted (`Q1`), and 01 is 1; nothing is refused."""
    composed = unicodedata.normalize("NFC", text).translate(_LETTERS).casefold().replace("'", "")
    words: list[Word] = []
    hard, begins = True, True
    for part in _CUT.split(composed):
        if _CUT.fullmatch(part):
            hard, begins = hard or (not part.isspace() and part.strip() not in _DASHES), True
            continue
        for found in _WORD.finditer(part):
            spelt = found.group()
            dotted = part[found.end() : found.end() + 1] == "."
            words.append(Word(plain_of(spelt), marked_of(spelt), begins, hard, dotted))
            hard, begins = False, False
    return tuple(words)


def plain_of(word: str) -> str:
    """The word without any mark, `d` for `đ`, and a number without leading zeros."""
    if word.isdigit():
        return word.lstrip("0") or "0"
    decomposed = unicodedata.normalize("NFD", word).replace("đ", "d")
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def marked_of(word: str) -> str:
    """The word with its marks and the tone moved to the end: hòa and hoà are one word."""
    if word.isdigit():
        return word.lstrip("0") or "0"
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(sign for sign in decomposed if sign in TONES)
    return "".join(sign for sign in decomposed if sign not in TONES) + tones
