"""Desk commands about tips, decided by intake."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.events.tip import LegalRegime
from schemas.facts import Code, Facts, LongText, PersonalFacts, ShortText, UnitCode
from schemas.messages import CommandData
from schemas.route import Document, Route


class TipCommand(CommandData):
    """A command about one tip."""

    OWNER: ClassVar = "intake"
    tip_id: UUID

    def addressed(self) -> str | None:
        """The tip."""
        return str(self.tip_id)


class TipRefuse(TipCommand):
    """Refuse a tip on a ground of the refusal table in force."""

    KIND = "tip.refuse"
    code: Code
    reason: LongText | None = None


class TipAdvise(TipCommand):
    """Tell the informant of an out-of-scope matter where to go."""

    KIND = "tip.advise"
    advised_to: ShortText
    note: LongText | None = None


class TipLink(TipCommand):
    """Say that the tip tells of the same thing as an earlier one."""

    KIND = "tip.link"
    linked_to: UUID


class TipForward(TipCommand):
    """Send the tip to the competent unit. `facts`, if given, replace those taken down at receipt.

    `details`, if given, are added to the personal part: the door seals them, and nothing carries them in clear.
    `route` left out means: the rule that routing finds for the facts. A route given must name a rule in force.
    """

    KIND = "tip.forward"
    route: Route | None = None
    approver: ShortText
    document: Document
    facts: Facts | None = None
    details: PersonalFacts | None = None
    legal_regime: LegalRegime | None = None
    due_at: AwareDatetime | None = None


class TipHold(TipCommand):
    """Send the tip to the integrity route, away from the units it names and from their line of command."""

    KIND = "tip.hold"
    named_units: tuple[UnitCode, ...] = Field(min_length=1)
    reason: LongText
