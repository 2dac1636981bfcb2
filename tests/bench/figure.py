"""What a measurement found, as data: the tables print it, the tests hold it to its target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

Bound = Literal["at most", "at least", "exactly"]


@dataclass(frozen=True, slots=True)
class Target:
    """A number that the design promises."""

    bound: Bound
    value: float

    def holds(self, measured: float) -> bool:
        """Whether a measured number keeps the promise."""
        if self.bound == "exactly":
            return measured == self.value
        return measured <= self.value if self.bound == "at most" else measured >= self.value


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of a table. `measured` is None where it was not measured, and `remark` then says why."""

    what: str
    measured: float | None
    unit: str
    target: Target | None = None
    remark: str = ""
    path: tuple[str, Mapping[str, float]] | None = None
    """Name and numbers of the path that the row tells of, where its floor was measured beside it."""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or where nothing was measured."""
        return None if self.target is None or self.measured is None else self.target.holds(self.measured)

    def document(self) -> dict[str, Any]:
        """As JSON types."""
        target = None if self.target is None else {"bound": self.target.bound, "value": self.target.value}
        return {
            "what": self.what,
            "target": target,
            "measured": self.measured,
            "unit": self.unit,
            "met": self.met,
            "remark": self.remark,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """How long the answers to one question took, in seconds, and the largest answer in bytes."""

    question: str
    seconds: Sequence[float]
    size: int

    @property
    def typical(self) -> float:
        """The median in milliseconds."""
        return median(self.seconds) * 1000

    @property
    def worst(self) -> float:
        """The slowest answer in milliseconds."""
        return max(self.seconds) * 1000


def at_most(value: float) -> Target:
    """A target that larger numbers miss."""
    return Target("at most", value)


def at_least(value: float) -> Target:
    """A target that smaller numbers miss."""
    return Target("at least", value)


def page_figures(what: str, asked: Sequence[Asked], most_ms: float) -> list[Figure]:
    """Two rows: the median of all answers, and the question whose own median is highest.

    The slowest single answer is told and not judged: on a machine that others use it measures them.
    """
    answers = [second for one in asked for second in one.seconds]
    slowest, single = max(asked, key=lambda one: one.typical), max(asked, key=lambda one: one.worst)
    said = f"{slowest.question}; slowest of {len(answers)} answers {single.worst:.0f} ms ({single.question})"
    return [
        Figure(f"{what}: median", round(median(answers) * 1000, 1), "ms", at_most(most_ms), f"{len(asked)} questions"),
        Figure(f"{what}: slowest question", round(slowest.typical, 1), "ms", at_most(most_ms), said),
    ]
