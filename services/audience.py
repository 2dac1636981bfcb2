"""Who sees which event: each function gives the audience of one kind of event, for the service that publishes it.

Pure, and one with the table of `services/policy.py`. A unit that two grants name gets the wider one; a unit that no
grant names sees nothing, not even that the event exists.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from schemas.envelope import Audience
from schemas.reference.book import ReferenceBook
from schemas.route import Route
from schemas.views import View


def tip_at_desk(desk: str) -> Audience:
    """Of tip.received, tip.refused, tip.advised and tip.linked: the desk alone."""
    return _granted((desk, View.FULL))


def tip_forwarded(desk: str, route: Route) -> Audience:
    """Of tip.forwarded: the desk, whose act it is, and the units that the route names."""
    return _granted((desk, View.FULL), *_parties(route))


def signal_detected(sender: str) -> Audience:
    """Of signal.detected: its sender alone; others meet it in the case."""
    return _granted((sender, View.FULL))


def command_answer(sender: str) -> Audience:
    """Of command.accepted and command.refused: the unit that sent the command."""
    return _granted((sender, View.FULL))


def dossier_erased(dossier: UUID, keeper: str) -> Audience:
    """Of dossier.erased: the unit that answers for the dossier, and every unit whose feed carried it.

    Who they are stands in the feeds alone, so the second grant is a relation that notifications resolves: to each no
    more than it saw of the dossier.
    """
    return _granted((keeper, View.FULL), (carriers(dossier), View.FULL))


def carriers(dossier: UUID) -> str:
    """The relation of the units whose feeds carried something of a dossier."""
    return f"dossier:{dossier}#carriers"


@dataclass(frozen=True, slots=True)
class CaseParties:
    """Who stands around a case: the units of its route and the coordinators of its place."""

    route: Route
    coordinators: frozenset[str]

    @classmethod
    def of(cls, route: Route, province: str | None, book: ReferenceBook, at: date) -> "CaseParties":
        """The parties on a day; coordinators are those of the province, and the central ones."""
        return cls(route, book.coordinators_at(at, province))

    @property
    def competent(self) -> frozenset[str]:
        """The units that may claim."""
        return frozenset({self.route.lead, *self.route.co})

    def coordinating(self) -> tuple[tuple[str, View], ...]:
        """What every event of the case grants to its coordinators."""
        return tuple((unit, View.FIELDS) for unit in self.coordinators)


def case_open(parties: CaseParties) -> Audience:
    """Of case.proposed, and of case.signal_added before a claim: lead and co in full, coordinators the fields."""
    return _granted(*_parties(parties.route), *parties.coordinating())


def case_held(parties: CaseParties, holder: str) -> Audience:
    """Of case.claimed, case.closed, and case.signal_added after a claim.

    The holder sees everything; the other units of the route are offered co-handling and see a pointer until the
    holder agrees; coordinators see the fields.
    """
    others = ((unit, View.POINTER) for unit in parties.competent)
    return _granted((holder, View.FULL), *others, *parties.coordinating())


def claim_lost(parties: CaseParties, loser: str) -> Audience:
    """Of case.claim_lost: the loser learns who won, coordinators that two units wanted the case."""
    return _granted((loser, View.POINTER), *parties.coordinating())


def integrity_opened(named: Collection[str], book: ReferenceBook, at: date) -> Audience:
    """Of integrity.opened and tip.held: the integrity units, save one that the tip names.

    Empty where the tip names every integrity unit: it then stays in the vault, and the committee decides on paper.
    """
    trusted = book.integrity_units_at(at) - hidden_units(named, book, at)
    return _granted(*((unit, View.FULL) for unit in trusted))


def tip_withdrawn(had: Collection[str], named: Collection[str], book: ReferenceBook, at: date) -> Audience:
    """Of tip.withdrawn: the units whose feeds carried the tip, save those that must not learn of its being held.

    They see it in full, which is its number and nothing of why.
    """
    told = frozenset(had) - hidden_units(named, book, at)
    return _granted(*((unit, View.FULL) for unit in told))


def hidden_units(named: Collection[str], book: ReferenceBook, at: date) -> frozenset[str]:
    """The units that must never learn of a tip that names these units.

    The named units; everything above them, because their queues and orders pass through it (a superior who reads of
    a tip can warn, or hand it down); and everything below them, because it works under the people the tip may name.
    A unit that is not in force that day is hidden all the same: a name that the book forgot is no way in.
    Integrity units stand outside every line of command, and so are hidden only where the tip names one of them.
    """
    lines = (line for unit in named for line in (book.line_of_command(unit, at), book.below(unit, at)))
    return frozenset(named).union(*lines)


def integrity_denies(unit: str, named: Collection[str], book: ReferenceBook, at: date) -> bool:
    """Whether a held tip is kept from the unit: from all but integrity units, and from those that it names."""
    return unit not in book.integrity_units_at(at) or unit in hidden_units(named, book, at)


def _parties(route: Route) -> tuple[tuple[str, View], ...]:
    return tuple((unit, View.FULL) for unit in (route.lead, *route.co))


def _granted(*grants: tuple[str, View]) -> Audience:
    widest: dict[str, View] = {}
    for unit, granted in grants:
        widest[unit] = max(granted, widest.get(unit, View.NONE))
    return MappingProxyType(dict(sorted(widest.items())))
