"""What a signal or a forwarded tip brings to a case."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.envelope import Event
from schemas.events.case import Origin
from schemas.events.signal import SignalDetected
from schemas.events.tip import TipForwarded
from schemas.facts import Facts, PersonalFacts
from schemas.route import Route

Group = tuple[bytes, str]
"""What one open case is made for: the subject's key and the lead unit."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One origin with its facts and the rule that routes it.

    `acted_at` is when the act happened in the world, `cause` the event that told of it; `personal` is opened and
    keyed by the origin's own id, so that erasing the origin erases it in the case too.
    """

    origin: Origin
    facts: Facts
    route: Route
    subject_key: bytes | None
    acted_at: datetime
    cause: Event[SignalDetected] | Event[TipForwarded]
    personal: dict[UUID, PersonalFacts]

    @property
    def group(self) -> Group:
        """Contributions of one group share a case; one without a subject has a case of its own."""
        return (self.subject_key or self.origin.id.bytes, self.route.lead)

    @property
    def province(self) -> str | None:
        """The province where it happened, if it is known."""
        return self.facts.place.province if self.facts.place else None

    @property
    def told_at(self) -> datetime:
        """When the bus was told: the day on which this decides who may see what."""
        return self.cause.envelope.recordedtime or self.cause.envelope.time
