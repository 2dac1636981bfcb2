"""Who may see each event of a case, by the functions of `services/audience.py` on the day it is published."""

from datetime import date
from functools import lru_cache

from schemas.envelope import Audience
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from schemas.route import Route
from services import audience
from services.audience import CaseParties
from services.cases.model.case import Case
from services.cases.model.contribution import Contribution

_KEPT = 4096


class Audiences:
    """Audiences by the reference data, the same ones remembered."""

    def __init__(self, book: ReferenceBook) -> None:
        self._book = book
        self._of_route = lru_cache(_KEPT)(self._find)

    def of_growth(self, case: Case, contribution: Contribution) -> Audience:
        """Of case.proposed and case.signal_added: the units of the contribution's own rule, and the holder if any.

        A contribution is told to those whom its own rule names, whatever rule opened the case that it joins.
        """
        day = vietnam_date(contribution.told_at)
        return self._of_route(contribution.route, contribution.province, day, case.holder)

    def of_holding(self, case: Case, day: date) -> Audience:
        """Of case.claimed and case.closed: every unit of the case's rules."""
        return self._of_route(case.route, case.province, day, case.holder)

    def of_lost_claim(self, case: Case, loser: str, day: date) -> Audience:
        """Of case.claim_lost."""
        return audience.claim_lost(self._parties(case.route, case.province, day), loser)

    def knows(self, case: Case, unit: str, day: date) -> bool:
        """Whether the unit may know of the case at all."""
        return not case.hidden and unit in self.of_holding(case, day)

    def _find(self, route: Route, province: str | None, day: date, holder: str | None) -> Audience:
        parties = self._parties(route, province, day)
        return audience.case_held(parties, holder) if holder else audience.case_open(parties)

    def _parties(self, route: Route, province: str | None, day: date) -> CaseParties:
        return CaseParties.of(route, province, self._book, day)
