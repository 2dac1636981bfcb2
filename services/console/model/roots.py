"""What a case grew from, and what of it is held: a held tip takes with it all that came of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from schemas.views import View
from services.console.model.entry import Entry
from services.policy import denied, view


@dataclass(frozen=True, slots=True)
class Hold:
    """The denials of a held tip, in the tokens of `services/policy.py`, and the change number at which they came."""

    tokens: frozenset[str]
    change: int = 0


@dataclass(frozen=True, slots=True)
class Roots:
    """Every origin of one case, and the holds on those that are held."""

    origins: frozenset[UUID] = frozenset()
    holds: Mapping[UUID, Hold] = field(default_factory=lambda: MappingProxyType({}))

    def view(self, entry: Entry, unit: str) -> View:
        """What the unit may see of an entry of this case today."""
        return view(entry.audience, unit, frozenset({unit}) if self.withheld(entry.origin, unit) else ())

    def lost_since(self, entry: Entry, unit: str, change: int) -> bool:
        """Whether the unit saw this entry when it read up to `change`, and a hold has taken it since."""
        seen_once = view(entry.audience, unit, ()) > View.NONE
        return seen_once and self.withheld(entry.origin, unit) and self._last_hold(entry) > change

    def withheld(self, origin: UUID | None, unit: str) -> bool:
        """Whether a hold keeps from the unit what came of this origin, or a fact about the case as a whole (None).

        Such a fact stays as long as anything stays that the case grew from.
        """
        if origin is not None:
            return self._held(origin, unit)
        return bool(self.origins) and all(self._held(origin, unit) for origin in self.origins)

    def _held(self, origin: UUID, unit: str) -> bool:
        return origin in self.holds and denied(unit, self.holds[origin].tokens)

    def _last_hold(self, entry: Entry) -> int:
        concerned: Collection[UUID] = self.origins if entry.origin is None else (entry.origin,)
        return max((self.holds[origin].change for origin in concerned if origin in self.holds), default=0)
