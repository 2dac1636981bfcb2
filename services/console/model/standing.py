"""Where each unit stands to a case, and whether a viewer may claim it: both told by the visible sheet alone."""

from dataclasses import dataclass
from datetime import datetime

from services.console.model.sheet import Sheet
from services.console.model.sight import State
from services.policy import Actor, Resource, decide


@dataclass(frozen=True, slots=True)
class Position:
    """One unit of the rules: `what` is acting, closed, awaited, invited or may; `since` where an event tells it."""

    unit: str
    what: str
    leads: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Whether the viewer may claim; `why` not: closed, yours, taken, unit or role."""

    allowed: bool
    why: str = ""


def positions(sheet: Sheet) -> list[Position]:
    """The holder or the lead by the rule first, then the others by their codes."""
    first = sheet.holder or sheet.lead
    others = sorted(sheet.competent - {first})
    return [*([_first(sheet, first)] if first else []), *(_other(sheet, unit) for unit in others)]


def claim_act(sheet: Sheet, actor: Actor) -> Act:
    """The claim as this viewer meets it; the service of cases decides again when it is sent."""
    if sheet.state is State.CLOSED:
        return Act(allowed=False, why="closed")
    if sheet.holder is not None:
        return Act(allowed=False, why="yours" if sheet.holder == actor.unit else "taken")
    if actor.unit not in sheet.competent:
        return Act(allowed=False, why="unit")
    decision = decide(actor, "case.claim", Resource(competent=sheet.competent, view=sheet.view))
    return Act(allowed=decision.allowed, why="" if decision.allowed else "role")


def _first(sheet: Sheet, unit: str) -> Position:
    if sheet.holder is None:
        return Position(unit, "awaited")
    if sheet.closing is not None:
        return Position(unit, "closed", leads=True, since=sheet.closing.acttime)
    return Position(unit, "acting", leads=True, since=sheet.held_since)


def _other(sheet: Sheet, unit: str) -> Position:
    return Position(unit, "may") if sheet.holder is None else Position(unit, "invited", since=sheet.held_since)
