"""What somebody typed into the search box, as terms of which a record must have some. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from services.console.model.spelling import (
    LONGEST_JOINED,
    SHORT_LETTERS,
    Spelt,
    at_home,
    composed,
    sites_of,
    words_in,
)
from services.console.model.terms import Kind, Term

MOST_CHARACTERS, MOST_WORDS = 200, 8

Alternative = frozenset[Term]
"""Terms that a record must all have."""
Clause = tuple[Alternative, ...]
"""Alternatives of which a record must meet one."""


class QueryError(ValueError):
    """The words cannot be searched for; `why` is empty, long, many or nothing."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: every clause must be met."""

    text: str
    clauses: tuple[Clause, ...]

    @classmethod
    def of(cls, text: str) -> "Query":
        """The query that a text means; raises `QueryError`."""
        typed = composed(text).strip()
        chunks = [_Chunk(part, tuple(words_in(part))) for part in typed.split()]
        if why := _wrong(typed, chunks):
            raise QueryError(why)
        telling = [chunk for chunk in chunks if chunk.words]
        return cls(typed, tuple(_clauses(telling)))


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What stands between two spaces."""

    typed: str
    words: tuple[Spelt, ...]

    @property
    def joined(self) -> str:
        return "".join(word.plain for word in self.words)

    @property
    def digits(self) -> bool:
        return any(word.digits for word in self.words)

    @property
    def numeric(self) -> bool:
        """Whether it may be a group of a number that goes on behind the space."""
        short = all(word.digits or (word.bare and len(word.plain) <= SHORT_LETTERS) for word in self.words)
        return short and len(self.joined) <= LONGEST_JOINED


def _wrong(typed: str, chunks: Sequence[_Chunk]) -> str:
    found = MappingProxyType(
        {
            "empty": not typed,
            "long": len(typed) > MOST_CHARACTERS,
            "many": len(chunks) > MOST_WORDS,
            "nothing": not any(chunk.words for chunk in chunks),
        }
    )
    return next((why for why, wrong in found.items() if wrong), "")


def _clauses(chunks: Sequence[_Chunk]) -> Iterator[Clause]:
    """One clause for each chunk, or for groups of chunks that may be one number."""
    for numeric, group in groupby(chunks, key=lambda chunk: chunk.numeric):
        found = list(group)
        if numeric and len(found) > 1 and any(chunk.digits for chunk in found):
            yield _of_number(found)
        else:
            yield from (_of_chunk(chunk) for chunk in found)


def _of_number(chunks: Sequence[_Chunk]) -> Clause:
    """All of it one number; or those with digits one and letters by themselves; or each chunk; or each word."""
    parts = [list(group) for _, group in groupby(chunks, key=lambda chunk: chunk.digits)]
    digits = [_whole(part) if part[0].digits else [chunk.joined for chunk in part] for part in parts]
    return _distinct(
        _numbers(_whole(chunks)),
        _numbers([number for part in digits for number in part]),
        _numbers([chunk.joined for chunk in chunks]),
        _numbers([word.plain for chunk in chunks for word in chunk.words]),
    )


def _of_chunk(chunk: _Chunk) -> Clause:
    exact = frozenset(_term(word, Kind.EXACT) for word in chunk.words)
    bare = frozenset(_term(word, Kind.BARE) for word in chunk.words)
    joined = _numbers([chunk.joined]) if chunk.digits else ()
    return _distinct([exact, bare], joined, _of_site(chunk))


def _of_site(chunk: _Chunk) -> list[Alternative]:
    sites = sites_of(chunk.typed.lower())
    return [frozenset({Term(Kind.SITE, sites[-1])})] if sites else []


def _term(word: Spelt, marked: Kind) -> Term:
    if word.bare:
        return Term(Kind.FOLDED, word.plain)
    return Term(marked, word.marked if marked is Kind.EXACT else word.plain)


def _whole(chunks: Sequence[_Chunk]) -> list[str]:
    return ["".join(chunk.joined for chunk in chunks)]


def _numbers(numbers: Sequence[str]) -> list[Alternative]:
    """These numbers; one with the code of the country as it is dialled within it, which a text of either form has."""
    return [frozenset(Term(Kind.FOLDED, at_home(number) or number) for number in numbers)]


def _distinct(*alternatives: Collection[Alternative]) -> Clause:
    return tuple(dict.fromkeys(one for found in alternatives for one in found))
