"""Terms as they are kept: numbers that only the holder of the pepper can make, and that differ from unit to unit."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.console.model.query import Query
from services.console.model.terms import Term

_BYTES = 8

Wanted = tuple[tuple[frozenset[int], ...], ...]
"""A query of one unit: of every clause one alternative, of which all tokens."""


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """Makes tokens: the first 64 bits of HMAC-SHA256 over unit, kind and text, as PostgreSQL's bigint counts."""

    pepper: bytes

    def of(self, unit: str, terms: Iterable[Term]) -> frozenset[int]:
        """The tokens of these terms for a unit."""
        return frozenset(self._token(unit, term) for term in terms)

    def wanted(self, unit: str, query: Query) -> Wanted:
        """What a record of this unit must have for the query to find it."""
        return tuple(tuple(self.of(unit, one) for one in clause) for clause in query.clauses)

    def _token(self, unit: str, term: Term) -> int:
        # A unit's code has no line break in it, and a kind is one letter: no two of these texts are the same.
        said = f"{unit}\n{term.kind}{term.text}".encode()
        return int.from_bytes(hmac.digest(self.pepper, said, hashlib.sha256)[:_BYTES], "big", signed=True)


def meets(tokens: Collection[int], wanted: Wanted) -> bool:
    """Whether a record with these tokens is one that is wanted."""
    held = frozenset(tokens)
    return all(any(alternative <= held for alternative in clause) for clause in wanted)
