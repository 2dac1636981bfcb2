"""Numbers that are kept while work is done and read now and then: additions of integers, and no library of metrics."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of durations, from what nobody feels to what everybody does."""


class Histogram:
    """How many values were at most each of `bounds`, how many there were, and their sum."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        """By place: those above the bound before and at most this one; the last place has no bound."""
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        """How many values were counted."""
        return sum(self.counts)


@dataclass(slots=True)
class RelayNumbers:
    """What one relay did since its start. `sent` is by topic; `resent` were sent once more by this relay itself.

    A batch is sent again when the broker's answer was lost; what a relay before it had sent is not known here.
    """

    sent: dict[str, int] = field(default_factory=dict)
    resent: int = 0
    failures: int = 0
    fenced: int = 0
    leads: bool = False


@dataclass(slots=True)
class KeyNumbers:
    """What became of the keys that were asked for since the start, counted once their transaction is committed.

    `recalled` came from the process's own memory, `opened` from the database, audited; `created` are new.
    """

    created: int = 0
    opened: int = 0
    recalled: int = 0


@dataclass(frozen=True, slots=True)
class PoolNumbers:
    """Connections to the database: open, in use, and the most there may be."""

    open: int
    in_use: int
    limit: int
