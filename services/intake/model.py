"""The tip: its states, which desk command each allows, and what its informant is shown. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from schemas.events.tip import Channel
from schemas.facts import Facts
from schemas.route import Document, Route


class TipState(StrEnum):
    """Where a tip stands at its desk."""

    RECEIVED = "received"
    REFUSED = "refused"
    ADVISED = "advised"
    LINKED = "linked"
    FORWARDED = "forwarded"
    HELD = "held"


class Shown(StrEnum):
    """What the informant is told by receipt. Linking and holding are the desk's matter and change nothing here."""

    RECEIVED = "received"
    REFUSED = "refused"
    ADVISED = "advised"
    FORWARDED = "forwarded"
    FINISHED = "finished"


ALLOWED = MappingProxyType(
    {
        "refuse": frozenset({TipState.RECEIVED}),
        "advise": frozenset({TipState.RECEIVED}),
        "link": frozenset({TipState.RECEIVED}),
        # A linked tip may still tell something that the competent unit must have: linked is never merged.
        "forward": frozenset({TipState.RECEIVED, TipState.LINKED}),
        # That a tip names an officer may come out at any time, so it can be held from anywhere.
        "hold": frozenset(set(TipState) - {TipState.HELD}),
    }
)
"""Desk command to the states in which it may be given."""


NOBODY = "0" * 32
"""The pseudonym of an informant whose tip was erased: the same for all, so it tells no two of them together."""


class StateError(Exception):
    """The tip's state does not allow the command."""

    def __init__(self, command: str, state: TipState) -> None:
        allowed = ", ".join(sorted(ALLOWED[command]))
        super().__init__(f"{command} needs a tip that is {allowed}; this one is {state}")
        self.command = command
        self.state = state


@dataclass(frozen=True, slots=True)
class Tip:
    """One tip without what the vault keeps. `sequence` counts the events published about it."""

    id: UUID
    tip_no: str
    desk: str
    channel: Channel
    received_at: datetime
    state: TipState
    shown: Shown
    shown_since: datetime
    facts: Facts
    informant_ref: str
    receiver: str | None = None
    recording_ref: str | None = None
    language: str = "vi"
    urgent: bool = False
    wants_feedback: bool = False
    details: bytes | None = None
    """The personal part under the tip's key, for the events that are still to come."""
    sequence: int = 0
    named_units: tuple[str, ...] = ()
    integrity_id: UUID | None = None
    linked_to: UUID | None = None
    route: Route | None = None
    document: Document | None = None
    erased_at: datetime | None = None
    """When its key was destroyed: what is left is that it was there."""

    @property
    def held(self) -> bool:
        """Gone to the integrity route: for everyone else it does not exist."""
        return self.state is TipState.HELD

    def refuse(self, now: datetime) -> "Tip":
        """Refused by the desk; raises StateError."""
        self._must_allow("refuse")
        return self._next(TipState.REFUSED, Shown.REFUSED, now)

    def advise(self, now: datetime) -> "Tip":
        """Out of scope, and the informant was told where to go; raises StateError."""
        self._must_allow("advise")
        return self._next(TipState.ADVISED, Shown.ADVISED, now)

    def link(self, other: UUID) -> "Tip":
        """Tells of the same thing as another tip; what the informant is shown stays; raises StateError."""
        self._must_allow("link")
        return replace(self, state=TipState.LINKED, linked_to=other, sequence=self.sequence + 1)

    def forward(self, route: Route, document: Document, facts: Facts, now: datetime) -> "Tip":
        """Sent to the competent unit; raises StateError."""
        self._must_allow("forward")
        sent = self._next(TipState.FORWARDED, Shown.FORWARDED, now)
        return replace(sent, route=route, document=document, facts=facts)

    def hold(self, named: tuple[str, ...], integrity_id: UUID) -> "Tip":
        """Handed to the integrity route by two events, withdrawn and held.

        What the informant is shown stays as it was: a change would tell the named unit's friends that something
        happened. Raises StateError.
        """
        self._must_allow("hold")
        return replace(
            self,
            state=TipState.HELD,
            named_units=named,
            integrity_id=integrity_id,
            sequence=self.sequence + 2,
        )

    def erase(self, now: datetime) -> "Tip":
        """Without its personal part and what stood for its informant; its state and its place in the order stay."""
        return replace(
            self, details=None, informant_ref=NOBODY, recording_ref=None, erased_at=now, sequence=self.sequence + 1
        )

    def _must_allow(self, command: str) -> None:
        if self.state not in ALLOWED[command]:
            raise StateError(command, self.state)

    def _next(self, state: TipState, shown: Shown, now: datetime) -> "Tip":
        return replace(self, state=state, shown=shown, shown_since=now, sequence=self.sequence + 1)
