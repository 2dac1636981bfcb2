"""Cases and what they grow from, with fictional content, for tests to vary by keyword."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import reference
from builders import A_CASE, FACTS, NOW, PAPER, PERSONAL, TIP, event
from schemas.envelope import Event
from schemas.events.case import Origin, OriginKind
from schemas.events.signal import SignalDetected
from schemas.events.tip import TipForwarded
from schemas.facts import Facts, PersonalFacts, Place
from schemas.reference.book import ReferenceBook
from schemas.route import Route
from services.cases.model.case import Case, State
from services.cases.model.contribution import Contribution

TODAY = date(2026, 11, 23)
EXPRESS = Facts(
    stages=("nhap_khau",),
    typology=("KKS",),
    place=Place(province="79", place_type="customs_control_area"),
    found_by="customs",
)
"""Facts that R-EXP-03 covers: customs-kv2 leads, qltt-79 and tax-79 take part, bcd-79 and vptt-389 coordinate."""
EXPRESS_ROUTE = Route(
    version=date(2025, 3, 1),
    rule="R-EXP-03",
    basis="khoản 5 Điều 1 98/2020/NĐ-CP",
    lead="customs-kv2",
    co=("qltt-79", "tax-79"),
)
PEPPER = b"p" * 32


@cache
def book() -> ReferenceBook:
    """The reference data that ships."""
    return ReferenceBook.load(reference.folder())


def numbered(number: int) -> UUID:
    """A uuidv7 that only its number tells from others."""
    return UUID(int=UUID("01936f00-0000-7000-8000-000000000000").int + number)


def origin(number: int = 2, kind: OriginKind = OriginKind.SIGNAL, **changes: Any) -> Origin:
    """A signal's origin, or a tip's."""
    given: dict[str, Any] = {
        "kind": kind,
        "id": numbered(number),
        "sender": "customs-kv2",
        "reference": "41256141",
    }
    return Origin(**given | changes)


def contribution(number: int = 2, **changes: Any) -> Contribution:
    """What a signal brings; its origin's id ends in the number."""
    given: dict[str, Any] = {
        "origin": origin(number),
        "facts": EXPRESS,
        "route": EXPRESS_ROUTE,
        "subject_key": b"k" * 32,
        "acted_at": NOW,
        "cause": signal(number),
        "personal": {numbered(number): PERSONAL},
    }
    return Contribution(**given | changes)


def case(**changes: Any) -> Case:
    """A case that one signal has proposed."""
    given: dict[str, Any] = {
        "id": A_CASE,
        "case_no": "VV/2026/7K3M9QXA",
        "route": EXPRESS_ROUTE,
        "subject_key": b"k" * 32,
        "province": "79",
        "sequence": 1,
    }
    return Case(**given | changes)


def claimed_case(holder: str = "customs-kv2", **changes: Any) -> Case:
    """A case that a unit leads."""
    held = {
        "state": State.CLAIMED,
        "holder": holder,
        "claimed_at": datetime(2026, 11, 23, 8, tzinfo=UTC),
        "sequence": 2,
    }
    return case(**held | changes)


def signal(number: int = 2, personal: PersonalFacts | None = PERSONAL, **changes: Any) -> Event[SignalDetected]:
    """signal.detected as its consumer sees it once opened; the signal's id ends in the number."""
    given: dict[str, Any] = {
        "sender": "customs-kv2",
        "holder": "customs-kv2",
        "reference": f"D-{number}",
        "system": "risk-engine",
        "detected_at": NOW,
        "facts": EXPRESS,
        "personal": {numbered(number): personal} if personal else {},
    }
    return event(
        SignalDetected(**given | changes),
        subject=numbered(number),
        id=f"signal-{number}",
        source="/units/phoihop/intake",
    )


def tip(number: int = 1, route: Route = EXPRESS_ROUTE, **changes: Any) -> Event[TipForwarded]:
    """tip.forwarded as its consumer sees it once opened; the tip's id ends in the number."""
    given: dict[str, Any] = TIP | {
        "route": route,
        "approver": "Phó Chánh Văn phòng",
        "document": PAPER,
        "received_on": TODAY,
        "facts": FACTS,
        "personal": {numbered(number): PERSONAL},
    }
    return event(
        TipForwarded(**given | changes), subject=numbered(number), id=f"tip-{number}", source="/units/phoihop/intake"
    )
