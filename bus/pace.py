"""How fast a relay goes, and what it remembers of its lease to decide when to save."""

from dataclasses import dataclass

from bus.cursor import Cursor


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how much, in seconds, rows and bytes."""

    poll: float = 0.25
    lease: float = 5.0
    save: float = 1.0
    rows: int = 1000
    size: int = 4 * 1024 * 1024
    partition_check_rows: int = 100_000


@dataclass(slots=True)
class Holding:
    """A lease in use: how far was sent, how far that is saved and when, and whether it has been quiet since."""

    epoch: int
    cursor: Cursor
    saved: Cursor
    saved_at: float
    rows: int = 0
    quiet: bool = True

    def save_due(self, pace: Pace, now: float, *, idle: bool) -> bool:
        """At most once in `pace.save` seconds under load, at once when it has grown quiet, and to keep the lease."""
        age = now - self.saved_at
        dirty = self.cursor.unfenced or not self.cursor.same(self.saved)
        if dirty and (age >= pace.save or (idle and self.quiet)):
            return True
        return age >= pace.lease / 3
