"""What is withheld: held tips, and all that came of them, from everyone but the integrity units that they trust."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from schemas.envelope import Event
from schemas.events.integrity import IntegrityOpened
from schemas.events.tip import TipHeld, TipWithdrawn
from services.notifications.model.mention import Mention
from services.notifications.model.numbering import recipients
from services.policy import denied, everyone_but

NOTICE = TipWithdrawn.type_name()
"""The one event about a held tip that others get: intake addresses it only to units that may know of the withdrawal."""


@dataclass(frozen=True, slots=True)
class Denials:
    """Denial tokens by held tip, and the origins of cases; only of the ids that were asked for."""

    tokens: Mapping[UUID, Collection[str]] = field(default_factory=lambda: MappingProxyType({}))
    origins: Mapping[UUID, Collection[UUID]] = field(default_factory=lambda: MappingProxyType({}))

    def withhold(self, mention: Mention, unit: str) -> bool:
        """Whether the unit may not see an event that names these ids: a held tip, or a case of held tips alone.

        A case that also grew from something else goes on without what the held tip brought to it.
        """
        return mention.type != NOTICE and any(self._held(id_, unit) for id_ in mention.ids)

    def bar(self, mention: Mention, unit: str) -> bool:
        """Whether the event names a held tip itself: such a denial is never lifted, so no number is given for it."""
        return mention.type != NOTICE and any(self._denied(id_, unit) for id_ in mention.ids)

    def brought_to(self, case: UUID) -> Collection[UUID]:
        """The held tips among what a case grew from."""
        return [origin for origin in self.origins.get(case, ()) if self.tokens.get(origin)]

    def _denied(self, id_: UUID, unit: str) -> bool:
        return denied(unit, self.tokens.get(id_, ()))

    def _held(self, id_: UUID, unit: str) -> bool:
        grown_from = self.origins.get(id_, ())
        of_held_tips_alone = bool(grown_from) and all(self._denied(origin, unit) for origin in grown_from)
        return of_held_tips_alone or self._denied(id_, unit)


def learned(events: Iterable[Event[Any]]) -> list[tuple[UUID, str]]:
    """Tip and token of each denial that these events bring, in an order that every writer shares.

    tip.held and integrity.opened come on different topics; whichever is first denies. Their audience is the integrity
    units that the tip does not name, so a named integrity unit is denied like everyone.
    """
    trusted: dict[UUID, frozenset[str]] = {}
    for event in events:
        if isinstance(event.data, TipHeld):
            tip = UUID(event.envelope.subject)
        elif isinstance(event.data, IntegrityOpened):
            tip = event.data.tip_id
        else:
            continue
        told = frozenset(recipients(event.audience))
        trusted[tip] = trusted.get(tip, told) & told
    return sorted((tip, token) for tip, units in trusted.items() for token in everyone_but(units))
