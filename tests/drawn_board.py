"""A list of cases with something under each of its tabs, for looking at: everything in it is invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import drawn_case
from builders import PERSONAL, example
from case_builders import numbered
from console_builders import told
from drawn_case import VIEWER, at
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed, Origin, OriginKind
from schemas.facts import Facts, Goods, Place
from schemas.route import Route
from schemas.views import View


@dataclass(frozen=True)
class Drawn:
    """One case: what it is about, and when it was proposed, claimed and closed. `led_by` is the lead of the rule."""

    number: str
    goods: str
    amount: tuple[int, str]
    typology: str
    stage: str
    province: str
    led_by: str
    co: tuple[str, ...]
    proposed: str
    claimed: str = ""
    closed: str = ""
    tip: bool = False
    hidden: bool = False
    """Whether the viewer sees a pointer, and nothing else."""


CASES = (
    Drawn("7K3N2A4B", "Thuốc lá điện tử không nhãn", (1200, "chiếc"), "HC", "chao_ban", "79", VIEWER,
          ("ca-79", "customs-kv2"), "23/11 8:12", tip=True),
    Drawn("7K3N2A8C", "Túi xách giả nhãn hiệu", (340, "chiếc"), "SHCN", "livestream", "79", VIEWER,
          ("ca-79", "tax-79"), "20/11 14:5"),
    Drawn("7K3N1Z6D", "Phân bón không rõ nguồn gốc", (18, "tấn"), "KRNG", "luu_kho", "79", "ca-79", (VIEWER,),
          "18/11 9:30", tip=True),
    Drawn("7K3N1X9E", "Bưu kiện chia nhỏ cùng một số điện thoại", (300, "kiện"), "CHN", "nhap_khau", "79",
          "customs-kv2", (VIEWER, "tax-79"), "11/11 7:45"),
    Drawn("7K3N1V2F", "Sữa bột quảng cáo sai công dụng", (960, "hộp"), "QC", "quang_cao", "01", "qltt-01",
          (VIEWER, "tax-ecom"), "17/11 10:0", "18/11 8:20"),
    Drawn("7K3N1T5G", "Đồ chơi không dấu hợp quy", (2400, "chiếc"), "DK", "van_chuyen", "20", "bdbp-20",
          ("customs-kv6", VIEWER), "16/11 16:40", "19/11 9:0"),
    Drawn("7K3N1R8H", "Mỹ phẩm tự pha chế bán qua mạng", (5100, "lọ"), "TT", "thanh_toan", "79", VIEWER,
          ("tax-79", "ca-79"), "6/11 11:15", "9/11 8:5", tip=True),
    Drawn("7K3N1P1J", "", (1, "lô"), "BL", "nhap_khau", "79", "ca-79", (), "12/11 8:0", "19/11 15:40", hidden=True),
    Drawn("7K3N1M4K", "Bánh kẹo không nhãn tại kho chuyển phát", (760, "thùng"), "ATTP", "giao", "79", "qltt-79",
          ("ca-79",), "2/11 9:20", "3/11 8:0", "20/11 17:10", tip=True),
    Drawn("7K3N1K7L", "Đồng hồ nhập lậu", (85, "chiếc"), "NL", "nhap_khau", "79", "customs-kv2", (VIEWER,),
          "27/10 13:0", "28/10 9:10", "13/11 16:0"),
)  # fmt: skip


def events() -> list[Event[Any]]:
    """The case of `drawn_case`, and these."""
    return [*drawn_case.events(), *(event for place, one in enumerate(CASES, 2) for event in _told(place, one))]


def _told(place: int, one: Drawn) -> Iterator[Event[Any]]:
    case, named = numbered(place), {"case_no": f"VV/2026/{one.number}", "holder": one.led_by}
    audience = dict.fromkeys((one.led_by, *one.co), View.FULL) | ({VIEWER: View.POINTER} if one.hidden else {})
    origin = Origin(
        kind=OriginKind.TIP if one.tip else OriginKind.SIGNAL,
        id=numbered(500 + place),
        sender="bcd-79" if one.tip else one.led_by,
        reference=f"{one.number}-1",
    )
    route = Route(rule="R-FAKE-02", basis="Điều 11 98/2020/NĐ-CP", lead=one.led_by, co=one.co)
    more = {"origin": origin, "route": route, "facts": _facts(one), "personal": {origin.id: PERSONAL}}
    steps = (
        (one.proposed, example(CaseProposed, **(named | more))),
        (one.claimed, example(CaseClaimed, **(named | {"claimed_by": one.led_by, "offered": one.co}))),
        (one.closed, example(CaseClosed, **(named | {"closed_by": one.led_by}))),
    )
    for sequence, (moment, fact) in enumerate(steps, 1):
        if moment:
            yield told(fact, case, sequence, audience, acttime=at(moment), recordedtime=at(moment))


def _facts(one: Drawn) -> Facts:
    quantity, unit = one.amount
    goods = Goods(description=one.goods, quantity=Decimal(quantity), quantity_unit=unit) if one.goods else None
    return Facts(
        stages=(one.stage,),
        typology=(one.typology,),
        place=Place(province=one.province),
        goods=(goods,) if goods else (),
    )
