"""Who may open what the vault keeps of a tip. Intake answers; `services.intake.unmask` asks and obeys."""

from dataclasses import replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from schemas.reference.validity import vietnam_date
from services import policy
from services.audience import hidden_units
from services.intake.model import Tip
from services.intake.office import Office
from services.intake.repository import cases, tips
from services.policy import Actor, Decision, Resource


class Part(StrEnum):
    """The two parts of a vault block; one opening gives one of them."""

    CONTENT = "content"
    INFORMANT = "informant"


async def may_open(tip_id: UUID, part: Part, actor: Actor, raw: Any, office: Office) -> Decision:
    """The policy's answer for this actor, tip and part.

    That a purpose was stated is not asked here: the vault's door takes no request without one.
    """
    tip = await tips.find_tip(raw, tip_id)
    resource = Resource() if tip is None else await _resource(tip, actor, raw, office)
    return policy.decide(replace(actor, purpose="stated at the vault"), f"vault.open_{part}", resource)


async def _resource(tip: Tip, actor: Actor, raw: Any, office: Office) -> Resource:
    leads = await cases.leads_of_tip(raw, tip.id)
    today = vietnam_date(tip.shown_since)
    trusted = office.book.integrity_units_at(today) - hidden_units(tip.named_units, office.book, today)
    return Resource(
        holder=tip.desk,
        lead=actor.unit if actor.unit in leads else None,
        state=tip.state.value,
        integrity_units=frozenset(trusted),
    )
