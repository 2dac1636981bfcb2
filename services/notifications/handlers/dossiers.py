"""Who was shown a dossier, when, and how far each of them has read past its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.problems import NOT_FOUND
from schemas.views import View
from services.notifications.model.mention import Mention
from services.notifications.repository import denials, erasures
from services.notifications.repository.erasures import ERASED, Pulled, Showing


class Shown(BaseModel):
    """What one unit was shown of the dossier, and how far it has read.

    `erased_number` is the number of `dossier.erased` in its feed; `pulled` the last number that its system has read
    over HTTP: not below the other, it has read past the end. Its topic holds opened copies until `topic_until`; None
    where it holds none.
    """

    unit: str
    view: str
    numbers: tuple[int, ...]
    first_at: datetime
    last_at: datetime
    topic_until: datetime | None
    erased_number: int | None
    erased_event: str | None
    pulled: int | None
    pulled_at: datetime | None


class ShownTo(BaseModel):
    """The units that were shown the dossier, in the order of their codes."""

    dossier: UUID
    units: list[Shown]


async def shown_to(dossier: UUID, unit: str, uow: UnitOfWork) -> ShownTo:
    """The units that were shown the dossier, for the unit that answers for it.

    Raises Refused (not-found) for any other unit, and where all of it is withheld from this one.
    """
    found = await erasures.shown(uow.raw, dossier, uow.context.clock())
    held = await denials.denials(uow.raw, [one.row.mention for one in found])
    found = [one for one in found if not held.withhold(one.row.mention, unit)]
    # The notice of a withdrawal is withheld from nobody who got it, and tells no more here than anywhere.
    if held.withhold(Mention("", dossier, None), unit) or _keeper(dossier, unit, found) != unit:
        raise Refused(NOT_FOUND.problem())
    pulled = await erasures.positions(uow.raw, {one.row.unit for one in found})
    by_unit: dict[str, list[Showing]] = {}
    for one in found:
        by_unit.setdefault(one.row.unit, []).append(one)
    return ShownTo(dossier=dossier, units=[_told(name, rows, pulled) for name, rows in by_unit.items()])


def _keeper(dossier: UUID, unit: str, found: Sequence[Showing]) -> str | None:
    """The unit that the last event about the dossier itself names as its holder, as the asking unit was shown it."""
    own = [one.row for one in found if one.row.unit == unit and one.row.mention.subject == dossier]
    return own[-1].event().data.holder if own else None


def _told(unit: str, rows: Sequence[Showing], pulled: Mapping[str, Pulled]) -> Shown:
    ends = [one.row for one in rows if one.row.mention.type == ERASED]
    shown = [one for one in rows if one.row.mention.type != ERASED] or rows
    position = pulled.get(unit)
    return Shown(
        unit=unit,
        view=max(one.row.view for one in shown).word,
        numbers=tuple(one.row.number for one in shown),
        first_at=shown[0].row.created_at,
        last_at=shown[-1].row.created_at,
        topic_until=max((one.until for one in shown if one.until and one.row.view is View.FULL), default=None),
        erased_number=ends[0].number if ends else None,
        erased_event=ends[0].event_id if ends else None,
        pulled=position.number if position else None,
        pulled_at=position.at if position else None,
    )
