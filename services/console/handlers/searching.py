"""The search for one viewer: guesses of the index, each confirmed by what the unit may see now, a page at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bus.uow import UnitOfWork, UnitsOfWork
from services.console.handlers.cutting import Cutting
from services.console.handlers.listing import sheets
from services.console.model.board import Place
from services.console.model.findable import CASE, TIP, Findable, Subject, seen_today
from services.console.model.hits import CaseHit, Found, Hit, TipHit, tip_hit
from services.console.model.query import Query
from services.console.model.seen import Seen
from services.console.model.tokens import Tokens, Wanted, meets
from services.console.repository import finding, origins, pages
from services.console.repository.finding import Guess

PAGE = 25
"""Hits on one page."""
_AT_ONCE = PAGE + 1
_MOST_TURNS = 20
"""Batches of guesses looked at for one page: what holds took may leave a page short, never a request long."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for among which records of a unit."""

    unit: str
    query: Query
    aggregates: frozenset[str]


class Searcher:
    """Everything that the search shows is found here."""

    def __init__(self, units: UnitsOfWork, cutting: Cutting, tokens: Tokens) -> None:
        self._units = units
        self._cutting = cutting
        self._tokens = tokens

    async def find(self, asked: Asked, after: Place | None = None) -> Found:
        """A page of what meets the query and the unit may see, behind `after`."""
        wanted = self._tokens.wanted(asked.unit, asked.query)
        hits: list[Hit] = []
        async with self._units.begin() as uow:
            await pages.snapshot(uow.raw)
            for _ in range(_MOST_TURNS):
                guesses = await finding.page(uow.raw, asked.unit, wanted, asked.aggregates, after=after, limit=_AT_ONCE)
                hits += await self._confirmed(guesses, asked, wanted, uow)
                if len(hits) > PAGE or len(guesses) < _AT_ONCE:
                    break
                after = guesses[-1].place
            else:
                return Found(hits, after)
        return Found(hits[:PAGE], _place(hits[PAGE - 1]) if len(hits) > PAGE else None)

    async def _confirmed(self, guesses: Sequence[Guess], asked: Asked, wanted: Wanted, uow: UnitOfWork) -> list[Hit]:
        """Those that the unit may see, found by nothing but what it may see of them."""
        subjects = await finding.subjects(uow.raw, [one.subject for one in guesses])
        tipped = [id_ for id_, one in subjects.items() if one.aggregate == TIP]
        kept = await finding.entries(uow.raw, tipped, asked.unit)
        roots = await finding.roots(uow.raw, subjects.values(), kept)
        held = [id_ for id_, one in subjects.items() if one.aggregate == CASE and roots[id_].holds]
        kept += await finding.entries(uow.raw, held, asked.unit)
        told = _by_subject(seen_today(kept, roots, subjects))
        doubtful = {*tipped, *held}
        sure = [one for one in guesses if one.subject not in doubtful or _stands(one, told, wanted)]
        heads = await self._heads([one for one in sure if one.aggregate == CASE], asked.unit, uow)
        tips = await self._tips([subjects[one.subject] for one in sure if one.aggregate == TIP], told, asked, uow)
        both: dict[UUID, Hit] = {**heads, **tips}
        return [both[one.subject] for one in sure if one.subject in both]

    async def _heads(self, cases: Sequence[Guess], unit: str, uow: UnitOfWork) -> dict[UUID, CaseHit]:
        """The heads of those cases of which the timeline, under its own holds, shows the unit something."""
        places = {one.subject: one.place for one in cases}
        found = await sheets(uow, self._cutting, unit, list(places)) if places else []
        return {one.case_id: CaseHit(one, places[one.case_id].touched) for one in found}

    async def _tips(
        self, tips: Sequence[Subject], told: Mapping[UUID, Sequence[Findable]], asked: Asked, uow: UnitOfWork
    ) -> dict[UUID, TipHit]:
        linking = tips and CASE in asked.aggregates
        became = await self._cases_of([tip.id for tip in tips], asked.unit, uow) if linking else {}
        return {tip.id: tip_hit(tip, told[tip.id]).within(became.get(tip.id)) for tip in tips}

    async def _cases_of(self, tips: Collection[UUID], unit: str, uow: UnitOfWork) -> dict[UUID, UUID]:
        """The case that each tip became, as far as the unit sees that it did."""
        cases = await origins.grown_from(uow.raw, tips)
        kept = await pages.grown(uow.raw, tips, unit)
        seen = await self._cutting.seen(kept, unit, await origins.roots(uow.raw, cases), uow, opening=False)
        return {origin: case for case, found in seen.items() for one in found for origin in _origin(one)}


def _by_subject(found: Sequence[Findable]) -> dict[UUID, list[Findable]]:
    by_subject: dict[UUID, list[Findable]] = {}
    for one in found:
        by_subject.setdefault(one.subject, []).append(one)
    return by_subject


def _stands(guess: Guess, told: Mapping[UUID, Sequence[Findable]], wanted: Wanted) -> bool:
    """Whether what the unit may see of a record now meets the query, and is as new as its place says.

    A row that a hold has not reached yet is left out until it has: its place would tell when the held thing came.
    """
    found = told.get(guess.subject, ())
    tokens = [token for one in found for token in one.tokens]
    newest = max((one.recorded for one in found), default=None)
    return meets(tokens, wanted) and newest == guess.place.touched


def _origin(seen: Seen) -> list[UUID]:
    """What the entry brought into the case, where the viewer is told of it."""
    origin = seen.data.get("origin")
    return [UUID(origin["id"])] if origin else []


def _place(hit: Hit) -> Place:
    return Place(hit.touched, hit.id)
