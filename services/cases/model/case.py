"""The state of one case, which decides what may happen to it next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from schemas.route import Route
from services.cases.model.competence import Ground


class State(StrEnum):
    """A proposed case counts only once a unit claims it; a closed one is never reopened."""

    PROPOSED = "proposed"
    CLAIMED = "claimed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    """The state that decides what may happen next. `sequence` is the number of the last event about the case.

    `route` is the rule that opened it, its `co` widened by the units that later contributions' rules name.
    A `hidden` case grew from a tip that went the integrity route and from nothing else: to every door it is unknown.
    """

    id: UUID
    case_no: str
    route: Route
    subject_key: bytes | None = None
    province: str | None = None
    state: State = State.PROPOSED
    holder: str | None = None
    claimed_at: datetime | None = None
    sequence: int = 0
    hidden: bool = False

    @property
    def contact(self) -> str:
        """The unit to ask about the case: its holder, before a claim the lead of its rule."""
        return self.holder or self.route.lead

    @property
    def invited(self) -> frozenset[str]:
        """The lead and the co-handling units of the case's rules."""
        return frozenset({self.route.lead, *self.route.co})


def widened(route: Route, other: Route) -> tuple[str, ...]:
    """The units beside the lead of `route` that either of two rules names, sorted."""
    return tuple(sorted({*route.co, *other.co, other.lead} - {route.lead}))


def without(case: Case, remaining: Sequence[Ground]) -> Case:
    """The case after one of its tips went the integrity route: `remaining` are its other contributions, oldest first.

    Rule, units and province come from what remains, so that nothing of the tip is left to act on. If nothing
    remains the case is hidden. No event says so: `tip.held` denies the tip and what came of it at every read.
    """
    if not remaining:
        return replace(case, hidden=True)
    first, *others = remaining
    route = first.route
    for ground in others:
        route = route.model_copy(update={"co": widened(route, ground.route)})
    return replace(case, route=route, province=first.province)
