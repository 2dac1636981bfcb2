"""Cases read for one viewer: the list, one case, and what is new in either."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bus.uow import UnitsOfWork
from services.console.handlers.cutting import Choice, Cutting
from services.console.handlers.listing import Listing, listing
from services.console.model.board import Asked, Place
from services.console.model.roots import Roots
from services.console.model.seen import Seen
from services.console.model.sheet import Sheet, sheet
from services.console.repository import origins, pages, sights

EVERYTHING = Asked()
"""The list without a filter."""


@dataclass(frozen=True, slots=True)
class CaseRead:
    """One case as a unit sees it at one moment, its entries in display order; `change` is that moment's number."""

    sheet: Sheet
    entries: Sequence[Seen]
    change: int


@dataclass(frozen=True, slots=True)
class News:
    """What came to a case since a change. `lost`: a hold or an erasure took away what was on the viewer's page."""

    change: int
    entries: Sequence[Seen] = ()
    lost: bool = False


class Reader:
    """Everything that pages, their JSON twins and live streams show is read here."""

    def __init__(self, units: UnitsOfWork, cutting: Cutting) -> None:
        self._units = units
        self._cutting = cutting

    async def cases(self, unit: str, asked: Asked = EVERYTHING, after: Place | None = None) -> Listing:
        """A page of the list, in the order of its tab."""
        async with self._units.begin() as uow:
            await pages.snapshot(uow.raw)
            return await listing(uow, self._cutting, unit, asked, after)

    async def case(self, unit: str, case_id: UUID) -> CaseRead | None:
        """One case; None where the unit may see nothing of it, whether or not it exists."""
        async with self._units.begin() as uow:
            await pages.snapshot(uow.raw)
            roots = await origins.roots(uow.raw, [case_id])
            kept = await pages.of_case(uow.raw, case_id, unit)
            seen = (await self._cutting.seen(kept, unit, roots, uow)).get(case_id)
            if not seen:
                return None
            return CaseRead(sheet(case_id, seen), seen, await pages.change_of(uow.raw, case_id))

    async def page(self, unit: str, case_id: UUID, choose: Choice) -> CaseRead | None:
        """As `case`, for a page: entries that `choose` leaves out are sketches, which tell no more than fields do."""
        async with self._units.begin() as uow:
            await pages.snapshot(uow.raw)
            roots = (await origins.roots(uow.raw, [case_id])).get(case_id, Roots())
            kept = await pages.of_case(uow.raw, case_id, unit)
            seen = await self._cutting.seen_in_part(kept, unit, roots, choose, uow)
            return CaseRead(sheet(case_id, seen), seen, await pages.change_of(uow.raw, case_id)) if seen else None

    async def news(self, unit: str, case_id: UUID, since: int) -> News:
        """What the unit was shown of a case, or lost of it, after a change; cheap where nothing happened."""
        async with self._units.begin() as uow:
            await pages.snapshot(uow.raw)
            change = await pages.change_of(uow.raw, case_id)
            if change <= since:
                return News(since)
            roots = await origins.roots(uow.raw, [case_id])
            of_case = roots.get(case_id, Roots())
            kept = await pages.of_case(uow.raw, case_id, unit) if of_case.holds else ()
            if any(one.change <= since and of_case.lost_since(one.entry, unit, since) for one in kept):
                return News(change, lost=True)
            if await origins.erased_since(uow.raw, case_id, unit, since):
                return News(change, lost=True)
            fresh = await pages.of_case(uow.raw, case_id, unit, since)
            seen = await self._cutting.seen(fresh, unit, roots, uow)
            return News(change, seen.get(case_id, ()))

    async def touched(self, unit: str, since: int) -> int:
        """In how many cases the unit may see something that came after a change."""
        async with self._units.begin() as uow:
            return await sights.news(uow.raw, unit, since)
