"""Who may open what the vault keeps of a tip. Intake answers; `services.intake.unmask` asks and obeys."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services import policy
from services.audience import hidden_units
from services.intake.model import Tip
from services.intake.office import Office
from services.intake.repository import cases, tips
from services.policy import Actor, Decision, Resource

NOTHING = Resource(state="held")
"""What an actor may not know of, which the policy answers with `not_found` for every role."""


class Part(StrEnum):
    """The two parts of a vault block; one opening gives one of them."""

    CONTENT = "content"
    INFORMANT = "informant"


async def may_open(tip_id: UUID, part: Part, actor: Actor, raw: Any, *, today: date, office: Office) -> Decision:
    """The policy's answer for this actor, tip and part.

    A tip that never was, another unit's and a held one give one answer, whatever the actor's roles: the way in which
    something is refused must not tell that it is there. That a purpose was stated is not asked here: the vault's door
    takes no request without one.
    """
    tip = await tips.find_tip(raw, tip_id)
    resource = NOTHING if tip is None else await _resource(tip, actor, raw, today, office)
    return policy.decide(replace(actor, purpose="stated at the vault"), f"vault.open_{part}", resource)


async def _resource(tip: Tip, actor: Actor, raw: Any, today: date, office: Office) -> Resource:
    leads = await cases.leads_of_tip(raw, tip.id)
    trusted = office.book.integrity_units_at(today) - hidden_units(tip.named_units, office.book, today)
    standing = trusted if tip.held else {tip.desk, *leads}
    if actor.unit not in standing:
        return NOTHING
    return Resource(
        holder=tip.desk,
        lead=actor.unit if actor.unit in leads else None,
        state=tip.state.value,
        integrity_units=frozenset(trusted),
    )
