"""Commands about signals, decided by intake."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.facts import Code, Facts, PersonalFacts, ShortText
from schemas.messages import CommandData


class SignalSubmit(CommandData):
    """An agency's system reports what it flagged.

    `details` is the personal part as the agency sends it. The door moves it under the dossier's key before anything
    is stored and sets `signal_id`; a sender that sets `signal_id`, `sealed` or `personal` itself is not listened to.
    """

    KIND = "signal.submit"
    OWNER: ClassVar = "intake"
    reference: ShortText
    system: Code
    detected_at: AwareDatetime
    critical: bool = False
    reason: ShortText | None = None
    facts: Facts = Field(default_factory=Facts)
    details: PersonalFacts | None = None
    signal_id: UUID | None = None

    def addressed(self) -> str | None:
        """The signal that the door numbered."""
        return None if self.signal_id is None else str(self.signal_id)
