"""What the clients know: each thing they asked for, and whether the answer was yes, no, or none at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What a client knows of an act. `UNKNOWN`: no answer came, and it may have been done or not."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Act:
    """One write under one key. `kind` names the command, `owner` the service that decides it."""

    kind: str
    owner: str
    key: str
    outcome: Outcome = Outcome.UNKNOWN
    answer: dict[str, Any] = field(default_factory=dict)
    tries: int = 0
    told: str = ""
    """The last answer that was no success: a status and a problem type, or the class of the connection's error."""


@dataclass(slots=True)
class History:
    """Every act of a run, in the order in which they were begun."""

    acts: list[Act] = field(default_factory=list)

    def begin(self, kind: str, owner: str, key: str) -> Act:
        """A new act, of which nothing is known yet."""
        self.acts.append(Act(kind, owner, key))
        return self.acts[-1]

    def of(self, kind: str, *outcomes: Outcome) -> Iterator[Act]:
        """The acts of a kind with one of these outcomes, or with any."""
        return (act for act in self.acts if act.kind == kind and (not outcomes or act.outcome in outcomes))

    def counts(self) -> dict[str, dict[str, int]]:
        """How many acts of each kind had each outcome."""
        found: dict[str, dict[str, int]] = {}
        for act in self.acts:
            row = found.setdefault(act.kind, dict.fromkeys(Outcome, 0))
            row[act.outcome] += 1
        return found
