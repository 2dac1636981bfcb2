"""Which units may claim a case: those that a rule in force names on the day of the claim."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.facts import Facts
from schemas.reference.book import ReferenceBook
from schemas.route import Route
from services import routing


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule under which a case stands, and the facts of a contribution to which it was applied."""

    route: Route
    facts: Facts

    @property
    def province(self) -> str | None:
        """The province of the facts, if they name one."""
        return self.facts.place.province if self.facts.place else None


def competent_units(grounds: Sequence[Ground], at: date, book: ReferenceBook) -> frozenset[str]:
    """Lead and co-handling units of the rules that are in force at `at`.

    A rule in force names the units that it named when the record was routed, and those that it names on the day:
    territories change. Where every rule has expired, what counts is the rule that now covers the first facts.
    """
    named = frozenset(unit for ground in grounds for unit in _named(ground, at, book))
    return named or frozenset(unit for ground in grounds[:1] for unit in _replaced(ground, at, book))


def _named(ground: Ground, at: date, book: ReferenceBook) -> Iterable[str]:
    try:
        today = routing.parties(ground.route.rule, routing.RoutingFacts.of(ground.facts), at, book)
    except routing.NoRuleError:
        return ()
    return (ground.route.lead, *ground.route.co, today.lead, *today.co)


def _replaced(ground: Ground, at: date, book: ReferenceBook) -> Iterable[str]:
    try:
        today = routing.route(routing.RoutingFacts.of(ground.facts), at, book)
    except routing.RoutingError:
        return ()
    return (today.lead, *today.co)
