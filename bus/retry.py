"""What is worth trying again, and how long to wait before it."""

from collections.abc import Callable
from dataclasses import dataclass

from bus.database import is_transient
from bus.errors import Transient


def passing(error: BaseException) -> bool:
    """Whether the same work may succeed later. Looks through what an error was raised from; else it is for good."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, Transient) or is_transient(seen):
            return True
        seen = seen.__cause__
    return False


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double from `first` to `cap` seconds, each shortened by up to half by chance.

    `chance` gives a number in [0, 1), so that members do not come back in step and tests know what to expect.
    """

    chance: Callable[[], float]
    first: float = 0.2
    cap: float = 30.0

    def delay(self, attempt: int) -> float:
        """Seconds to wait after the failed attempt number `attempt`, counted from 1."""
        doubled = self.first * 2.0 ** min(attempt - 1, 30)
        return min(self.cap, doubled) * (1.0 - self.chance() / 2)
