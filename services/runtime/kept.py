"""What a service of the bus keeps parked, as its composition root holds it: the acts on it and the checks over it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bus.consumer import Consumer
from bus.database import Database
from bus.discarding import Discard
from bus.gate import State
from bus.ledger import Ledger
from bus.limits import Limits
from bus.redriving import Redrive
from bus.uow import UnitsOfWork
from services.runtime.health import Check, Checks
from services.runtime.parked_rows import lasting


@dataclass(frozen=True, slots=True)
class Kept:
    """The parked events of one schema. `ledger.run` belongs among the process's background tasks."""

    database: Database
    redrive: Redrive
    discard: Discard
    ledger: Ledger
    consumers: Sequence[Consumer]

    @classmethod
    def of(cls, database: Database, units: UnitsOfWork, limits: Limits, *consumers: Consumer) -> "Kept":
        """What these consumers, which run in this process, keep parked under these limits."""
        redrive = Redrive(units, lambda: [one.listening for one in consumers], lasting)
        return cls(database, redrive, Discard(units), Ledger(database, limits), consumers)

    def checks(self) -> Checks:
        """Readiness: `parked` while a partition has no room to park, `ledger` while the law does not hold."""
        return {"parked": self._room(), "ledger": self._law()}

    def warnings(self) -> Checks:
        """What readiness says and stays up for: that a limit is near."""

        async def near() -> str | None:
            return "; ".join(self.ledger.warnings()) or None

        return {"parked": near}

    def _room(self) -> Check:
        async def check() -> str | None:
            full = {
                f"{place.topic}: {reason}"
                for one in self.consumers
                for place, (state, reason) in one.health().items()
                if state is State.FULL
            }
            return "; ".join(sorted(full)) or None

        return check

    def _law(self) -> Check:
        async def check() -> str | None:
            return "; ".join(self.ledger.violations()) or None

        return check
