"""A routing rule: which facts it answers to, and which agencies it names."""

from typing import Annotated

from pydantic import Field

from schemas.reference.cells import Amount, Codes, Condition, Text
from schemas.reference.rows import AgencyCode
from schemas.reference.validity import Row
from schemas.route import RuleId

_CONDITIONS = ("stage", "place_type", "found_by", "typology")


class Rule(Row):
    """One row of routing.csv. All its conditions must hold; of the rules that apply, the highest rank wins."""

    id: Annotated[RuleId, Field(description="capital letters, digits and hyphens, like R-EXP-03")]
    priority: Annotated[Amount, Field(description="a whole number; the higher one wins")]
    stage: Annotated[Condition, Field(description="stages of which one must apply, or * for any")]
    place_type: Annotated[Condition, Field(description="place types of which one must apply, or * for any")]
    found_by: Annotated[Condition, Field(description="agencies of which one found it, or * for anyone")]
    typology: Annotated[Condition, Field(description="offence codes of which one must apply, or * for any")]
    min_value_vnd: Annotated[Amount, Field(description="the least value of the goods in dong; empty for any")]
    lead: Annotated[AgencyCode, Field(description="the agency that leads, a code of agencies.csv")]
    co: Annotated[Codes, Field(description="the agencies invited beside it; empty for none")]
    basis: Annotated[Text, Field(description="the provision that the rule rests on")]

    @property
    def rank(self) -> tuple[int, int]:
        """Priority first, then how many conditions are set: the more specific rule wins between equals."""
        set_conditions = sum(bool(getattr(self, name)) for name in _CONDITIONS) + bool(self.min_value_vnd)
        return self.priority, set_conditions

    @property
    def fits_everything(self) -> bool:
        """Whether the rule has no condition at all, so that no act in its time is without a rule."""
        return self.rank[1] == 0

    def ties_with(self, other: "Rule") -> bool:
        """Whether one act could fit both rules with neither outranking the other.

        An act has one place and one finder, but may have several stages and several offence codes; so only the
        first two can keep two rules apart.
        """
        return (
            self.rank == other.rank
            and self.overlaps(other)
            and _may_meet(self.place_type, other.place_type)
            and _may_meet(self.found_by, other.found_by)
        )


def _may_meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not one or not other or not set(one).isdisjoint(other)
