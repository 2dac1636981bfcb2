"""Valid messages with fictional content, for any test to vary by keyword."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from schemas.commands import CaseClaim, CaseClose, SignalSubmit, TipForward, TipRefuse
from schemas.envelope import Envelope, Event, Payload
from schemas.events import (
    CaseClaimed,
    CaseClaimLost,
    CaseClosed,
    CaseProposed,
    CaseSignalAdded,
    CommandAccepted,
    CommandRefused,
    DossierErased,
    FeedWithdrawn,
    IntegrityOpened,
    SignalDetected,
    TipAdvised,
    TipForwarded,
    TipHeld,
    TipLinked,
    TipReceived,
    TipRefused,
    TipWithdrawn,
)
from schemas.events.case import Origin, OriginKind
from schemas.events.dossier import DossierKind, Ground
from schemas.events.tip import Channel
from schemas.facts import Facts, Goods, Identifier, IdentifierKind, PersonalFacts, Place
from schemas.messages import CommandData, EventData
from schemas.route import Document, Route
from schemas.views import View

T = TypeVar("T", bound=Payload)
NOW = datetime(2026, 11, 23, 7, 32, tzinfo=UTC)
A_TIP = UUID("01936f00-0000-7000-8000-000000000001")
A_SIGNAL = UUID("01936f00-0000-7000-8000-000000000002")
A_CASE = UUID("01936f00-0000-7000-8000-000000000003")
AN_EVENT = UUID("01936f00-0000-7000-8000-00000000000e")

FACTS = Facts(
    stages=("nhap_khau",),
    typology=("KKS",),
    place=Place(province="79", place_type="customs_control_area", text="Kho CFS, cảng giả định"),
    found_by="customs",
    goods=(
        Goods(
            description="Túi xách da", hs_code="420231", quantity=Decimal(300), quantity_unit="cái", value_vnd=900_000
        ),
    ),
    identifier_kinds=(IdentifierKind.IMPORTER_ID, IdentifierKind.PHONE),
)
PERSONAL = PersonalFacts(
    identifiers=(
        Identifier(kind=IdentifierKind.IMPORTER_ID, value="Y3OM027"),
        Identifier(kind=IdentifierKind.PHONE, value="0999 000 111"),
    ),
    names=("Công ty TNHH Giả Định",),
    address="1 phố Không Có Thật",
)
ROUTE = Route(rule="R-IMP-01", basis="khoản 5 Điều 1 98/2020/NĐ-CP", lead="customs-79", co=("qltt-79", "tax-79"))
PAPER = Document(number="12/CV-VPTT", dated=date(2026, 11, 23), signer="Trần Thị Giả Định")
TIP = {"tip_no": "vptt-389/2026/7K3M9QXA", "desk": "vptt-389", "holder": "vptt-389"}
CASE = {"case_no": "VV/2026/7K3M9QXA", "holder": "customs-79"}
CLAIMED_BY = {"claimed_by": "customs-79", "officer": "Lê Văn Giả Định", "rule": "R-IMP-01", "offered": ("qltt-79",)}
ANSWER = {
    "command_source": "/units/customs-79/http",
    "command_id": "k-1",
    "command_type": "vn.phoihop.command.case.claim.v1",
}

EXAMPLES: Mapping[type[Payload], dict[str, Any]] = {
    TipReceived: TIP | {"channel": Channel.PHONE, "received_at": NOW, "receiver": "Trực ban 1", "facts": FACTS},
    TipRefused: TIP | {"code": "quay_roi", "reason": "Gọi quấy rối"},
    TipAdvised: TIP | {"advised_to": "Trung tâm bảo vệ người tiêu dùng", "note": "Tranh chấp hoàn tiền"},
    TipLinked: TIP | {"linked_to": A_SIGNAL},
    TipForwarded: TIP
    | {
        "route": ROUTE,
        "approver": "Phó Chánh Văn phòng",
        "document": PAPER,
        "received_on": date(2026, 11, 23),
        "facts": FACTS,
    },
    TipHeld: TIP | {"integrity_id": AN_EVENT},
    TipWithdrawn: TIP,
    IntegrityOpened: TIP
    | {"tip_id": A_TIP, "channel": Channel.PHONE, "received_at": NOW, "named_units": ("customs-79",), "facts": FACTS},
    SignalDetected: {"sender": "customs-79", "holder": "customs-79", "reference": "41256141", "system": "risk-engine"}
    | {"detected_at": NOW, "reason": "Giá khai báo thấp", "facts": FACTS, "personal": {A_SIGNAL: PERSONAL}},
    CaseProposed: CASE
    | {"route": ROUTE, "facts": FACTS, "personal": {A_SIGNAL: PERSONAL}}
    | {"origin": Origin(kind=OriginKind.SIGNAL, id=A_SIGNAL, sender="customs-79", reference="41256141")},
    CaseSignalAdded: CASE
    | {"route": ROUTE, "facts": FACTS}
    | {"origin": Origin(kind=OriginKind.TIP, id=A_TIP, sender="vptt-389", reference="vptt-389/2026/7K3M9QXA")},
    CaseClaimed: CASE | CLAIMED_BY,
    CaseClaimLost: CASE | {"unit": "qltt-79", "won_by": "customs-79", "won_at": NOW},
    CaseClosed: CASE
    | {"closed_by": "customs-79", "officer": "Lê Văn Giả Định", "outcome": "PHAT_TIEN", "document": PAPER},
    CommandAccepted: ANSWER | {"about": A_CASE, "result": {"case_no": "VV/2026/7K3M9QXA"}},
    CommandRefused: ANSWER
    | {"problem": "urn:phoihop:problem:claim-lost", "reason_vi": "Đã có đơn vị thụ lý", "reason_en": "Already claimed"},
    DossierErased: {"dossier": DossierKind.TIP, "ground": Ground.REQUEST, "basis": "Luật 91/2025/QH15"}
    | {"erased_at": NOW, "holder": "vptt-389"},
    FeedWithdrawn: {},
    SignalSubmit: {
        "reference": "41256141",
        "system": "risk-engine",
        "detected_at": NOW,
        "facts": FACTS,
        "details": PERSONAL,
    },
    TipRefuse: {"tip_id": A_TIP, "code": "quay_roi"},
    TipForward: {"tip_id": A_TIP, "approver": "Phó Chánh Văn phòng", "document": PAPER},
    CaseClaim: {"case_id": A_CASE, "officer": "Lê Văn Giả Định"},
    CaseClose: {"case_id": A_CASE, "outcome": "PHAT_TIEN"},
}


def example(model: type[T], **changes: Any) -> T:
    """A valid payload of the type, with the given fields changed."""
    return model(**{**EXAMPLES[model], **changes})


def event(
    data: T,
    *,
    subject: UUID = A_CASE,
    sequence: int | None = 1,
    audience: Mapping[str, View] | None = None,
    **changes: Any,
) -> Event[T]:
    """The data in an envelope as its publisher would write it."""
    message = type(data)
    assert issubclass(message, EventData | CommandData)
    attributes: dict[str, Any] = {
        "id": str(AN_EVENT),
        "source": "/units/phoihop/cases",
        "type": message.type_name(),
        "time": NOW,
        "subject": str(subject),
        "partitionkey": str(subject),
        "sequence": sequence,
        "acttime": NOW,
        "recordedtime": NOW,
    }
    return Event(Envelope(**{**attributes, **changes}), data, audience or {})
