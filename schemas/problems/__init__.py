"""Every problem that a door, a command's answer or a parked event may name. Types are stable; new ones are added."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from schemas.problems import capacity, decision, message
from schemas.problems.capacity import IDEMPOTENCY_IN_FLIGHT, INTERNAL, TOO_MANY_REQUESTS, UNAVAILABLE
from schemas.problems.decision import (
    ALREADY_EXISTS,
    CLAIM_LOST,
    ERASED,
    ERASURE_BARRED,
    FORBIDDEN,
    INTEGRITY_ONLY,
    METHOD_NOT_ALLOWED,
    NO_RULE,
    NOT_COMPETENT,
    NOT_FOUND,
    UNAUTHENTICATED,
    UNKNOWN_RECEIPT,
    WEB_CHANNEL_OFF,
    WRONG_STATE,
)
from schemas.problems.kinds import URN, Problem, ProblemType, Words
from schemas.problems.message import (
    FOREIGN_SOURCE,
    ID_REUSED,
    IDEMPOTENCY_KEY_MISSING,
    MALFORMED,
    OVERSIZE,
    STATE_SECRET,
    UNDECODABLE,
    UNKNOWN_CLASSIFICATION,
    UNKNOWN_CODE,
    UNKNOWN_TYPE,
    UNSUPPORTED_MEDIA,
)

__all__ = [
    "ALREADY_EXISTS",
    "CLAIM_LOST",
    "ERASED",
    "ERASURE_BARRED",
    "FORBIDDEN",
    "FOREIGN_SOURCE",
    "IDEMPOTENCY_IN_FLIGHT",
    "IDEMPOTENCY_KEY_MISSING",
    "ID_REUSED",
    "INTEGRITY_ONLY",
    "INTERNAL",
    "MALFORMED",
    "METHOD_NOT_ALLOWED",
    "NOT_COMPETENT",
    "NOT_FOUND",
    "NO_RULE",
    "OVERSIZE",
    "PROBLEMS",
    "STATE_SECRET",
    "TOO_MANY_REQUESTS",
    "UNAUTHENTICATED",
    "UNAVAILABLE",
    "UNDECODABLE",
    "UNKNOWN_CLASSIFICATION",
    "UNKNOWN_CODE",
    "UNKNOWN_RECEIPT",
    "UNKNOWN_TYPE",
    "UNSUPPORTED_MEDIA",
    "URN",
    "WEB_CHANNEL_OFF",
    "WRONG_STATE",
    "Problem",
    "ProblemType",
    "Words",
    "catalogue",
]


def catalogue(types: Iterable[ProblemType]) -> Mapping[str, ProblemType]:
    """Slug to type; raises ValueError where two types claim one slug."""
    found: dict[str, ProblemType] = {}
    for kind in types:
        if found.setdefault(kind.slug, kind) is not kind:
            text = f"two problem types claim the slug {kind.slug}"
            raise ValueError(text)
    return MappingProxyType(found)


PROBLEMS = catalogue((*message.ALL, *decision.ALL, *capacity.ALL))
"""Slug to type: the registry from which documentation and problem+json are written."""
