"""How far a run is: what arrived against what is due, and when it has been quiet long enough to be judged."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cli.demo.witness import Witness
from cli.received import Received

QUIET_SECONDS = 2.0
STALLED_SECONDS = 110.0
_LOOK_SECONDS = 0.1


class StalledError(Exception):
    """Nothing arrived for long while something is still missing."""


@dataclass
class Progress:
    """Watches the witness. `changed` is set whenever more has arrived."""

    witness: Witness
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    last_change: float = field(default_factory=time.monotonic)
    _seen: int = 0

    def arrived(self) -> int:
        """How many records the units' consumers have read."""
        return len(self.witness.received)

    async def look(self) -> None:
        """Notice arrivals until cancelled; raises what made the witness fail."""
        while True:
            if self.witness.failure is not None:
                raise self.witness.failure
            if (now := self.arrived()) != self._seen:
                self._seen, self.last_change = now, time.monotonic()
                self.changed.set()
            await asyncio.sleep(_LOOK_SECONDS)

    async def complete(self, missing: Callable[[Sequence[Received]], int]) -> None:
        """Return when nothing is missing and nothing more arrives; raises StalledError after a long silence.

        Silence before the call does not count: a drill may have had the bus down until a moment ago.
        """
        began = time.monotonic()
        while True:
            quiet = time.monotonic() - max(began, self.last_change)
            if quiet > QUIET_SECONDS and missing(self.witness.received) == 0:
                return
            if quiet > STALLED_SECONDS:
                message = f"nothing arrived for {STALLED_SECONDS:.0f} s"
                raise StalledError(message)
            await asyncio.sleep(_LOOK_SECONDS if quiet < QUIET_SECONDS else QUIET_SECONDS / 4)
