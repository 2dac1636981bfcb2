"""What the players were told by the doors: the ids that stand behind the names of the story."""

from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Filled by the player, read by the oracle's mapping from what was received to what was told."""

    tips: dict[str, str] = field(default_factory=dict)
    """Story key to tip id."""
    leads: dict[str, str] = field(default_factory=dict)
    """Story key to the lead that the desk's forward was answered with."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many tips met each fate: entered, refused, advised, linked, held, forwarded."""
    claimed: int = 0
    races: dict[str, str] = field(default_factory=dict)
    """Story key to the unit that won the race."""

    def count(self, fate: str) -> None:
        """One more tip met this fate."""
        self.counts[fate] = self.counts.get(fate, 0) + 1
