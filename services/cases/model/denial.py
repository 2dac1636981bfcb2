"""Why a command about a case changes nothing."""

from dataclasses import dataclass
from enum import StrEnum


class Denial(StrEnum):
    """Why a command about a case is not carried out."""

    UNKNOWN = "unknown"
    """There is no such case, or none that this unit may know of: the two answers are one on purpose."""
    NOT_COMPETENT = "not_competent"
    NOT_CLAIMED = "not_claimed"
    NOT_HOLDER = "not_holder"
    ALREADY_HELD = "already_held"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Denied:
    """Nothing happened, for this reason."""

    why: Denial
