"""Which rule sends a record where, and the paper that a hand-over must carry."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from schemas.facts import Fact, ShortText, UnitCode

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,31}$")]


class Route(Fact):
    """The rule in force, its version and legal basis, the lead it names and the units invited beside it."""

    rule: RuleId
    version: date | None = None
    """The day from which this version of the rule is in force."""
    basis: ShortText
    lead: UnitCode
    co: tuple[UnitCode, ...] = ()


class Document(Fact):
    """The paper that the law requires; an event never replaces it, it carries its number, date and signer."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    dated: date
    signer: ShortText | None = None
