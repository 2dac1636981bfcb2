"""Finds the tip that an actor may decide about, or says that there is none.

A tip of another desk and a held tip are answered exactly as one that never was.
"""

from typing import Any
from uuid import UUID

from bus.errors import Refused
from bus.uow import UnitOfWork
from services import policy
from services.intake import problems
from services.intake.model import StateError, Tip
from services.intake.repository import tips
from services.policy import Actor, Resource


async def own_tip(tip_id: UUID, actor: Actor, action: str, uow: UnitOfWork) -> Tip:
    """The tip of the actor's desk, its row locked; raises Refused if there is none or the action is not granted."""
    tip = await tips.tip_for_update(uow.raw, tip_id)
    if tip is None or tip.held or tip.desk != actor.unit:
        raise Refused(problems.TIP_UNKNOWN, "/tip_id")
    allow(actor, action, Resource(holder=tip.desk, state=tip.state.value))
    if tip.erased_at is not None:
        raise Refused(problems.TIP_ERASED, "/tip_id")
    return tip


async def visible_tip(tip_id: UUID, actor: Actor, raw: Any) -> Tip:
    """The tip of the actor's desk, to be read; raises Refused if there is none."""
    tip = await tips.find_tip(raw, tip_id)
    if tip is None or tip.held or tip.desk != actor.unit:
        raise Refused(problems.TIP_UNKNOWN)
    allow(actor, "tip.read", Resource(holder=tip.desk, state=tip.state.value))
    return tip


def allow(actor: Actor, action: str, resource: Resource) -> None:
    """Returns if the policy grants it; else raises Refused with the policy's own words."""
    decision = policy.decide(actor, action, resource)
    if not decision.allowed:
        raise Refused(problems.denied(decision))


def state_refused(error: StateError) -> Refused:
    """The refusal that tells the state which stands in the way."""
    return Refused(problems.state_problem(error.state))
