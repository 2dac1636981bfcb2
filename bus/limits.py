"""How much may be parked; a setting, so it knows no database."""

from dataclasses import dataclass

NEAR = 0.8
"""The share of a limit from which on it is near."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most events and keys that one group keeps parked of one topic. Raises ValueError for less than one."""

    events: int = 10_000
    keys: int = 1_000

    def __post_init__(self) -> None:
        if min(self.events, self.keys) < 1:
            raise ValueError("a group must be able to park at least one event of one key")

    def near(self, events: int, keys: int) -> bool:
        """Whether so much is parked that somebody has to look."""
        return events >= NEAR * self.events or keys >= NEAR * self.keys
