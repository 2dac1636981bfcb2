"""Reads what intake published into contributions: rule, subject, time of the act."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from uuid import UUID

from bus.identity import NewId
from schemas.envelope import Event
from schemas.events.case import Origin, OriginKind
from schemas.events.signal import SignalDetected
from schemas.events.tip import TipForwarded
from schemas.facts import PersonalFacts, latest_sight
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from schemas.route import Route
from services import routing
from services.cases.model.case import Case
from services.cases.model.contribution import Contribution
from services.cases.model.number import RANDOM_BYTES, case_number
from services.cases.model.subject import subject_key

_ROUTES_KEPT = 4096


class Intake:
    """Turns opened events into contributions, and the first of a group into the draft of a case.

    `pepper` keys the hashes of subjects: it never changes while cases are open. `random` gives so many bytes that
    nobody can guess.
    """

    def __init__(self, book: ReferenceBook, pepper: bytes, random: Callable[[int], bytes]) -> None:
        self._book = book
        self._pepper = pepper
        self._random = random
        self._route = lru_cache(_ROUTES_KEPT)(self._find_route)

    def of_signal(self, event: Event[SignalDetected]) -> Contribution:
        """A signal, routed by the rule in force when the act was last seen. Raises `routing.RoutingError`."""
        data = event.data
        signal = UUID(event.envelope.subject)
        acted_at = latest_sight(data.facts, data.detected_at)
        return Contribution(
            origin=Origin(kind=OriginKind.SIGNAL, id=signal, sender=data.sender, reference=data.reference),
            facts=data.facts,
            route=self._route(routing.RoutingFacts.of(data.facts), vietnam_date(acted_at)),
            subject_key=self._subject(_own(data.personal, signal)),
            acted_at=acted_at,
            cause=event,
            personal=_own(data.personal, signal),
        )

    def of_tip(self, event: Event[TipForwarded]) -> Contribution:
        """A forwarded tip, with the route that its desk decided."""
        data = event.data
        tip = UUID(event.envelope.subject)
        return Contribution(
            origin=Origin(kind=OriginKind.TIP, id=tip, sender=data.desk, reference=data.tip_no),
            facts=data.facts,
            route=data.route,
            subject_key=self._subject(_own(data.personal, tip)),
            acted_at=latest_sight(data.facts, event.envelope.acttime or event.envelope.time),
            cause=event,
            personal=_own(data.personal, tip),
        )

    def draft(self, contribution: Contribution, new_id: NewId) -> Case:
        """The case that the contribution would propose, before its first event."""
        return Case(
            id=new_id(),
            case_no=case_number(vietnam_date(contribution.told_at), self._random(RANDOM_BYTES)),
            route=contribution.route,
            subject_key=contribution.subject_key,
            province=contribution.province,
        )

    def _subject(self, personal: dict[UUID, PersonalFacts]) -> bytes | None:
        identifiers = (identifier for facts in personal.values() for identifier in facts.identifiers)
        return subject_key(identifiers, self._pepper)

    def _find_route(self, facts: routing.RoutingFacts, at: date) -> Route:
        return routing.route(facts, at, self._book)


def _own(personal: dict[UUID, PersonalFacts], dossier: UUID) -> dict[UUID, PersonalFacts]:
    """The part that was sealed under the dossier's own key; empty once it was erased."""
    return {dossier: personal[dossier]} if dossier in personal else {}
