"""How words, numbers and sites of a text are written for searching: with their marks, without them, and joined.

Old and new placement of a tone are one (hoà, hòa): the tone stands last in the marked form. Digits are kept as typed,
leading zeros too. Groups that people part by spaces, dots, dashes or slashes are joined, because they part them
differently each time.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.identifiers.address.words import marked_of, plain_of
from schemas.reported.site import comparable, site_in

LONGEST_JOINED = 24
"""Characters of a number joined from groups: no identifier of the published kinds is longer."""
MOST_JOINED = 5
"""Groups in which a number is written at most."""
SHORT_LETTERS = 4
"""Letters that may stand as a group of their own within a number: MSKU 123456 7, 12/QD-UBND."""
_LETTERS = str.maketrans({"Ð": "đ", "ð": "đ", "Ɖ": "đ"})
_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[ .\-–/_()+\u00a0\u200b]{1,3}")
_ABROAD = re.compile(r"(?:00)?84([1-9]\d{8,9})")
_SITE_END = re.compile(r"[/?#]")
_SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class Spelt:
    """One word of a text: `plain` without marks, `marked` with them, and how it may stand in a number."""

    plain: str
    marked: str
    capital: bool
    start: int
    end: int

    @property
    def bare(self) -> bool:
        """Whether it was written without any mark."""
        return self.plain == self.marked

    @property
    def digits(self) -> bool:
        """Whether it has a digit in it."""
        return any(sign.isdigit() for sign in self.plain)


def composed(text: str) -> str:
    """The text in one way of encoding, letter case kept."""
    return unicodedata.normalize("NFKC", text).translate(_LETTERS)


def words_in(text: str) -> list[Spelt]:
    """The words of a composed text, in their order."""
    return [_spelt(found) for found in _WORD.finditer(text)]


def _spelt(found: re.Match[str]) -> Spelt:
    typed = found.group()
    word = unicodedata.normalize("NFC", typed.casefold())
    plain, marked = (word, word) if word.isdigit() else (plain_of(word), marked_of(word))
    return Spelt(plain, marked, typed.isupper(), found.start(), found.end())


def joined_in(text: str, words: Sequence[Spelt]) -> Iterator[str]:
    """Every number that a text may mean by groups beside each other; letters alone count only as capitals."""
    for begin, first in enumerate(words):
        if not _grouped(first):
            continue
        spelling, counted = first.plain, first.digits
        for last, following in _following(text, words, begin):
            spelling, counted = spelling + following.plain, counted or following.digits
            if len(spelling) > LONGEST_JOINED or last - begin >= MOST_JOINED:
                break
            if counted:
                yield spelling


def _following(text: str, words: Sequence[Spelt], begin: int) -> Iterator[tuple[int, Spelt]]:
    """The words that stand behind one as groups of the same number, with their places."""
    for last in range(begin + 1, len(words)):
        gap = text[words[last - 1].end : words[last].start]
        if not (_GAP.fullmatch(gap) and _grouped(words[last])):
            return
        yield last, words[last]


def _grouped(word: Spelt) -> bool:
    return word.digits or (word.capital and len(word.plain) <= SHORT_LETTERS)


def at_home(number: str) -> str | None:
    """A telephone number as it is dialled within the country; None for one without the country's code."""
    found = _ABROAD.fullmatch(number)
    return f"0{found[1]}" if found else None


def sites_of(chunk: str) -> list[str]:
    """The forms in which the site that a chunk of text names is compared: its host, the way below it, and the whole."""
    site = site_in(chunk) if "." in chunk else None
    if site is None:
        return []
    whole = comparable(site)
    found = _SITE_END.search(whole)
    host, way = (whole[: found.start()], whole[found.start() :]) if found else (whole, "")
    parts = re.split(r"[?#]", way)[0].strip("/").split("/")[:_SEGMENTS] if way else []
    below = ["/".join((host, *parts[:count])) for count in range(1, len(parts) + 1)]
    return list(dict.fromkeys((host, *below, whole)))
