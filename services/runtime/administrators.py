"""Doors that are for administrators of the bus alone."""

from bus.errors import Refused
from schemas.problems import FORBIDDEN
from services import policy
from services.policy import Resource
from services.runtime.actors import CurrentActor


async def administrator(actor: CurrentActor) -> None:
    """Return for whoever has the role directory_admin; raises Refused for anyone else."""
    decision = policy.decide(actor, "directory.admin", Resource())
    if not decision.allowed:
        raise Refused(FORBIDDEN.problem(decision.vi, decision.en))
