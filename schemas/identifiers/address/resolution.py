"""What an address was understood as, or why it was not."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.identifiers.address.named import Named, Vintage


class Status(StrEnum):
    """How far an address could be resolved at its date."""

    RESOLVED = "resolved"
    """To a unit that existed on that day."""
    CONVERTED = "converted"
    """To the unit that took the whole ground of an abolished one, which is named too."""
    SPLIT = "split"
    """The abolished unit went to several new ones, all named; the province is certain."""
    AMBIGUOUS = "ambiguous_ward"
    """Several units of that name, all named; the province is certain."""
    UNKNOWN_WARD = "unknown_ward"
    """A ward is written that the province does not have."""
    PROVINCE_ONLY = "province_only"
    """No ward is written."""
    NOT_YET = "not_yet"
    """A new ward is written for a day on which it did not exist."""
    NO_PROVINCE = "unknown_province"
    """No province is written, or none of that name; wards of that name are named."""


class Certainty(StrEnum):
    """How much the text alone says about the unit found."""

    CERTAIN = "certain"
    """Names and kinds are written as published."""
    LIKELY = "likely"
    """One reading fits, but a kind or the district is missing, or old and new are mixed."""
    NONE = "none"
    """No unit below the province was found."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The unit and the province in force at the date, as far as the address says them.

    `old` is the abolished unit that was written, `candidates` the units among which the address does not decide.
    The text itself is not kept.
    """

    status: Status
    certainty: Certainty = Certainty.NONE
    vintage: Vintage | None = None
    unit: Named | None = None
    province: Named | None = None
    old: Named | None = None
    candidates: tuple[Named, ...] = ()

    @property
    def province_code(self) -> str | None:
        """The two digits of the province on that day, for territories and routing; None where it is unknown."""
        return self.province.code if self.province else None

    @property
    def ward_code(self) -> str | None:
        """The five digits of the unit on that day; None where it is not known which."""
        return self.unit.code if self.unit else None
