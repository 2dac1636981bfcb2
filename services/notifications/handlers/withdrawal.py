"""What is left of a held tip outside: copies that topics took before it was held."""

from uuid import UUID

from bus.uow import UnitsOfWork
from services.notifications.model.mention import Mention
from services.notifications.repository import copies, denials
from services.notifications.repository.copies import Copy
from services.policy import denied


async def copies_of(tip: UUID, unit: str, units: UnitsOfWork) -> list[Copy] | None:
    """The copies of a held tip that lie in other units' topics; None unless it is held and the asking unit trusted."""
    async with units.begin() as uow:
        about = await denials.denials(uow.raw, [Mention("", tip, None)])
        if not about.tokens.get(tip) or denied(unit, about.tokens[tip]):
            return None
        found = await copies.of_tip(uow.raw, tip, uow.context.clock())
        held = await denials.denials(uow.raw, [one.mention for one in found])
    return [one for one in found if held.withhold(one.mention, one.unit)]
