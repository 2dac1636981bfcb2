"""The story as it stands in `story.jsonl`: one tip a line, what the desk does with it, and who takes its case."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

STORY = Path(__file__).with_name("story.jsonl")
FORM = ("channel", "content", "informant", "facts", "details", "urgent", "names_an_official", "named_units")


@dataclass(frozen=True, slots=True)
class StoryTip:
    """One line of the story. `row` is the line itself; the properties name what the player and the oracle ask."""

    row: dict[str, Any]

    @property
    def key(self) -> str:
        """The tip's name in the story, like t07."""
        return str(self.row["key"])

    @property
    def scenario(self) -> int:
        """The scenario of the domain notes that it belongs to."""
        return int(self.row["scenario"])

    @property
    def desk(self) -> str:
        """The desk that takes it in."""
        return str(self.row["desk"])

    @property
    def decision(self) -> str:
        """What the desk does: forward, refuse, advise, link, hold; `none` where it is held at entry."""
        return str(self.row["then"]["do"])

    @property
    def held_later(self) -> dict[str, Any] | None:
        """The hold that follows another decision, or is the decision."""
        then: dict[str, Any] = self.row["then"]
        return then if then["do"] == "hold" else then.get("hold")

    @property
    def held_at_entry(self) -> bool:
        """It names an officer or a unit, so the form itself sends it to the integrity route."""
        return bool(self.row.get("names_an_official") or self.row.get("named_units"))

    @property
    def claimants(self) -> tuple[str, ...]:
        """The unit that claims the case, or the units that race for it."""
        return tuple(self.row.get("race") or self.row.get("claim") or ())

    def before_hold(self) -> "StoryTip":
        """The same tip up to the moment at which it is held: what must have arrived before the hold is sent."""
        then = {name: value for name, value in self.row["then"].items() if name != "hold"}
        return StoryTip({**self.row, "then": {"do": "none"} if then["do"] == "hold" else then})

    def form(self) -> dict[str, Any]:
        """The body that the operator sends."""
        return {name: self.row[name] for name in FORM if name in self.row}


def load(path: Path = STORY) -> list[StoryTip]:
    """The whole story in the order told; raises ValueError naming a line that is not JSON."""
    return list(_parsed(path.read_text("utf-8").splitlines()))


def chapters(story: Sequence[StoryTip]) -> list[list[StoryTip]]:
    """The tips of each scenario, scenarios in order: tips on one subject are always in one chapter."""
    ordered = sorted(story, key=lambda tip: (tip.scenario, tip.key))
    return [list(tips) for _, tips in groupby(ordered, key=lambda tip: tip.scenario)]


def _parsed(lines: Iterable[str]) -> Iterable[StoryTip]:
    for number, line in enumerate(lines, 1):
        try:
            yield StoryTip(json.loads(line))
        except ValueError as error:
            message = f"line {number} of the story is not JSON: {error}"
            raise ValueError(message) from None
