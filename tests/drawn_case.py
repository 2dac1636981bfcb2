"""A case of one month with six units in it, for looking at: everything in it is invented."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from builders import PERSONAL, example
from case_builders import numbered
from console_builders import told
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseClaimLost, CaseProposed, CaseSignalAdded, Origin, OriginKind
from schemas.facts import Facts, Goods, IdentifierKind, Place
from schemas.route import Route
from schemas.views import View

CASE, VIEWER = numbered(1), "qltt-79"
NOW = datetime(2026, 11, 23, 14, 32, tzinfo=timezone(timedelta(hours=7)))
ROUTE = Route(rule="R-FAKE-02", basis="Điều 11 98/2020/NĐ-CP", lead="ca-79", co=("customs-kv2", "qltt-79", "tax-79"))
NUMBER = {"case_no": "VV/2026/7K3M9QXA", "holder": VIEWER}
FULL = {VIEWER: View.FULL, "ca-79": View.FULL, "tax-79": View.FULL, "customs-kv2": View.FULL}
LOCKED = {VIEWER: View.POINTER, "tax-79": View.FULL}
FACTS = Facts(
    stages=("livestream", "chao_ban"),
    typology=("HG-NB",),
    place=Place(province="79", place_type="warehouse", text="Kho cho thuê, phường giả định An Đông"),
    goods=(Goods(description="Mỹ phẩm giả nhãn", hs_code="330499", quantity=Decimal(3860), quantity_unit="hộp"),),
    platform="facebook",
    identifier_kinds=(IdentifierKind.IMPORTER_ID, IdentifierKind.PHONE),
)


def at(text: str) -> datetime:
    """An instant of this November or October, as `day/month hour:minute` in Viet Nam."""
    day, month, hour, minute = (int(part) for part in text.replace("/", " ").replace(":", " ").split())
    return datetime(2026, month, day, hour, minute, tzinfo=NOW.tzinfo)


def events() -> list[Event[Any]]:
    """The case until now."""
    return [
        _grown(1, "26/10 20:41", "tip", "bcd-79", "bcd-79/2026/001274"),
        _grown(2, "27/10 9:12", "signal", "customs-kv2", "HQ02-2026-0912"),
        _told(3, "29/10 8:20", CaseClaimed, claimed_by=VIEWER, offered=("ca-79", "customs-kv2", "tax-79")),
        _told(4, "29/10 15:5", CaseClaimLost, unit="ca-79", won_by=VIEWER, won_at=at("29/10 8:20")),
        _grown(5, "2/11 14:5", "signal", "customs-kv2", "HQ02-2026-0931"),
        _grown(6, "4/11 8:2", "signal", "tax-79", "T79-26-214", audience=LOCKED),
        _grown(7, "9/11 15:20", "tip", "bcd-79", "bcd-79/2026/001310"),
        _grown(8, "11/11 6:30", "signal", "ca-79", "CA79-KT/26-117"),
        _grown(9, "12/11 16:10", "signal", "customs-kv2", "HQ02-2026-0960"),
        _grown(10, "12/11 17:0", "signal", "customs-kv2", "HQ02-2026-0961"),
        _grown(11, "12/11 18:40", "signal", "customs-kv2", "HQ02-2026-0962"),
        _grown(12, "18/11 8:0", "tip", "bcd-79", "bcd-79/2026/001344"),
        _grown(13, "20/11 9:40", "signal", "bdbp-20", "BP-20/26-054"),
        _grown(14, "23/11 9:5", "signal", "ca-79", "CA79-KT/26-131"),
        _grown(15, "23/11 10:15", "signal", "ca-79", "CA79-KT/26-132"),
    ]


def another(number: int, when: str) -> Event[Any]:
    """One more signal of customs, for a page that is open."""
    return _grown(number, when, "signal", "customs-kv2", f"HQ02-2026-{number:04}")


def _grown(
    number: int, when: str, kind: str, sender: str, reference: str, *, audience: Mapping[str, View] = FULL
) -> Event[Any]:
    origin = Origin(kind=OriginKind(kind), id=numbered(100 + number), sender=sender, reference=reference)
    model = CaseSignalAdded if number > 1 else CaseProposed
    more = {"origin": origin, "route": ROUTE, "facts": FACTS, "personal": {origin.id: PERSONAL}}
    # Whom to contact about a hidden record is whoever sent it.
    holder = {"holder": VIEWER if audience is FULL else sender}
    data = example(model, **(NUMBER | holder | more))
    return told(data, CASE, number, audience, acttime=at(when), recordedtime=at(when))


def _told(number: int, when: str, model: Any, **data: Any) -> Event[Any]:
    return told(example(model, **NUMBER, **data), CASE, number, FULL, acttime=at(when), recordedtime=at(when))
