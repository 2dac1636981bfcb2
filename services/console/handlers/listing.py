"""A page of the list of cases for one viewer: rows told by what the viewer may see, nothing of them opened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from bus.uow import UnitOfWork
from services.console.handlers.cutting import Cutting
from services.console.model.board import Asked, Overview, Place, silent_before
from services.console.model.roots import Roots
from services.console.model.sheet import Sheet, sheet
from services.console.repository import board, origins, pages
from services.policy import denied

PAGE = 25
"""Cases on one page of the list."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the cases that a unit may see; `next` is where the following page begins, if there is one.

    `touched` is when each of them last showed the unit something.
    """

    cases: Sequence[Sheet]
    overview: Overview
    next: Place | None
    touched: Mapping[UUID, datetime] = field(default_factory=lambda: MappingProxyType({}))


async def listing(uow: UnitOfWork, cutting: Cutting, unit: str, asked: Asked, after: Place | None) -> Listing:
    """The page behind `after`, at one moment; call `pages.snapshot` first."""
    silent = silent_before(uow.context.clock())
    found = await board.page(uow.raw, unit, asked, silent, after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    return Listing(
        cases=await sheets(uow, cutting, unit, [one.case_id for one in shown]),
        overview=await board.overview(uow.raw, unit, asked, silent),
        next=shown[-1] if len(found) > PAGE else None,
        touched={one.case_id: one.touched for one in shown},
    )


async def sheets(uow: UnitOfWork, cutting: Cutting, unit: str, cases: Sequence[UUID]) -> list[Sheet]:
    """The heads of these cases in the order given; one of which the unit may see nothing is left out."""
    roots = await origins.roots(uow.raw, cases)
    without = withheld(roots, unit)
    kept = await pages.heads(uow.raw, cases, unit, without)
    heads = await cutting.seen(kept, unit, roots, uow, opening=False)
    counts = await pages.counts(uow.raw, cases, unit, without)
    return [sheet(case, heads[case], counts[case]) for case in cases if case in heads]


def withheld(roots: Mapping[UUID, Roots], unit: str) -> Collection[UUID]:
    """The held origins among these that are kept from the unit."""
    return {id_ for one in roots.values() for id_, hold in one.holds.items() if denied(unit, hold.tokens)}
