"""What a record can be found by, as far as one view of it shows: words, numbers and sites of the cut, and its id."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from services.console.model.spelling import Spelt, at_home, composed, joined_in, sites_of, words_in


class Kind(StrEnum):
    """The ways in which a term is compared; a term meets only terms of its own kind."""

    FOLDED = "f"
    """A word or number without its marks: what a query without marks asks for."""
    EXACT = "x"
    """A word with its marks."""
    BARE = "b"
    """A word of a text that was written without any mark, and so may mean any marked one."""
    SITE = "s"


class Term(NamedTuple):
    """One thing that a record is found by."""

    kind: Kind
    text: str


TEXTS = frozenset(
    {"description", "text", "names", "address", "narrative", "note", "reason", "advised_to", "officer", "approver"}
    | {"signer", "receiver", "platform", "courier"}
)
"""Fields in which people wrote words. Codes are left out: pages show their names, and the list filters by them."""
NUMBERS = frozenset(
    {"value", "reference", "number", "case_no", "tip_no", "id", "hs_code", "line", "recording_ref"}
    | {"source_url", "sha256"}
)
"""Fields that hold a number or an identifier; it is found as a whole too, however long it is.

The tip that another is linked to is none of them: it may be held while the link is still told.
"""


def terms_of(subject: UUID, cut: Mapping[str, Any]) -> frozenset[Term]:
    """The terms of one event of this subject as a view shows it. Whoever knows that it exists knows its id."""
    return frozenset((Term(Kind.FOLDED, subject.hex), *_told(cut)))


def _told(cut: Mapping[str, Any]) -> Iterator[Term]:
    for name, value in cut.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, Mapping):
                yield from _told(one)
            elif isinstance(one, str) and name in TEXTS | NUMBERS:
                yield from of_text(one, whole=name in NUMBERS)


def of_text(text: str, *, whole: bool = False) -> Iterator[Term]:
    """The terms of one text; of a number as a `whole` also all of it joined."""
    plain = composed(text)
    words = words_in(plain)
    yield from _of_words(words)
    joined = {*joined_in(plain, words), *(word.plain for word in words if word.digits)}
    if whole:
        joined.add("".join(word.plain for word in words))
    for number in joined:
        yield Term(Kind.FOLDED, number)
        if home := at_home(number):
            yield Term(Kind.FOLDED, home)
    for chunk in plain.split():
        yield from (Term(Kind.SITE, site) for site in sites_of(chunk))


def _of_words(words: Sequence[Spelt]) -> Iterator[Term]:
    bare = all(word.bare for word in words)
    for word in words:
        yield Term(Kind.FOLDED, word.plain)
        if not word.bare:
            yield Term(Kind.EXACT, word.marked)
        elif bare and not word.digits:
            yield Term(Kind.BARE, word.plain)
