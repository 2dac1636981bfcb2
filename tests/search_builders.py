"""Cases and tips with words of one's own in them, as the search meets them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from builders import NOW, ROUTE, event, example
from bus.identity import uuid7
from case_builders import numbered
from console_builders import told
from schemas.envelope import Event
from schemas.events.case import CaseProposed, CaseSignalAdded, Origin, OriginKind
from schemas.events.tip import TipForwarded, TipLinked, TipReceived
from schemas.facts import Facts, Goods, Identifier, IdentifierKind, PersonalFacts, Place
from schemas.views import View

OPEN = {"customs-79": View.FULL, "qltt-79": View.FULL, "bcd-79": View.FIELDS}
DESK = "vptt-389"
FORWARDED = {DESK: View.FULL, "customs-79": View.FULL, "qltt-79": View.FULL}


def origin_of(number: int) -> UUID:
    """The id of the tip from which the case of this number grew."""
    return numbered(100_000 + number)


def person(narrative: str = "", *names: str, **identifiers: str) -> PersonalFacts:
    """The personal part: a story, names, and identifiers by kind."""
    found = tuple(Identifier(kind=IdentifierKind(kind), value=value) for kind, value in identifiers.items())
    return PersonalFacts(identifiers=found, names=names, narrative=narrative or None)


def facts(goods: str = "Hàng giả định", place: str = "Kho giả định") -> Facts:
    """Facts in clear, with these words in them."""
    return Facts(stages=("nhap_khau",), place=Place(province="79", text=place), goods=(Goods(description=goods),))


def proposed(
    number: int, audience: Mapping[str, View] = OPEN, *, said: PersonalFacts | None = None, **changes: Any
) -> Event[Any]:
    """A case of this number, from a tip of its own."""
    origin = Origin(kind=OriginKind.TIP, id=origin_of(number), sender="bcd-79", reference=f"bcd-79/2026/T{number:07}")
    given: dict[str, Any] = {
        "case_no": f"VV/2026/C{number:07}",
        "origin": origin,
        "route": ROUTE,
        "facts": facts(),
        "personal": {origin.id: said or person("Không có gì.")},
    }
    data = example(CaseProposed, **{**given, **changes})
    return told(data, numbered(number), 1, audience, recordedtime=NOW + timedelta(seconds=number))


def added(
    number: int,
    origin: int,
    audience: Mapping[str, View] = OPEN,
    *,
    said: PersonalFacts | None = None,
    sequence: int = 2,
) -> Event[Any]:
    """Another tip, which joined the case of this number."""
    made = Origin(kind=OriginKind.TIP, id=origin_of(origin), sender="bcd-79", reference=f"bcd-79/2026/T{origin:07}")
    personal = {made.id: said or person("Không có gì.")}
    data = example(CaseSignalAdded, case_no=f"VV/2026/C{number:07}", origin=made, route=ROUTE, personal=personal)
    moment = NOW + timedelta(hours=1, seconds=origin)
    return told(data, numbered(number), sequence, audience, recordedtime=moment)


def received(number: int, *, said: PersonalFacts | None = None, **changes: Any) -> Event[Any]:
    """A tip at the desk, from which the case of this number may grow."""
    tip = origin_of(number)
    given = {"tip_no": f"{DESK}/2026/T{number:07}", "facts": facts(), "personal": {tip: said or person("Không có gì.")}}
    data = example(TipReceived, **{**given, **changes})
    return _of_tip(data, tip, 1, {DESK: View.FULL}, number)


def forwarded(
    number: int, audience: Mapping[str, View] = FORWARDED, *, said: PersonalFacts | None = None, **changes: Any
) -> Event[Any]:
    """The same tip sent on by the desk."""
    tip = origin_of(number)
    given = {"tip_no": f"{DESK}/2026/T{number:07}", "facts": facts(), "personal": {tip: said or person("Không có gì.")}}
    data = example(TipForwarded, **{**given, **changes})
    return _of_tip(data, tip, 2, audience, number + 3600)


def linked(number: int, to: int) -> Event[Any]:
    """The desk found that the tip of this number tells of the same as another."""
    data = example(TipLinked, tip_no=f"{DESK}/2026/T{number:07}", linked_to=origin_of(to))
    return _of_tip(data, origin_of(number), 2, {DESK: View.FULL}, number + 60)


def _of_tip(data: Any, tip: UUID, sequence: int, audience: Mapping[str, View], second: int) -> Event[Any]:
    moment = NOW + timedelta(seconds=second)
    return event(data, subject=tip, sequence=sequence, audience=audience, id=str(uuid7()), recordedtime=moment)
