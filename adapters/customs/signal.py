"""A flagged declaration as the signal that its unit reports."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal

from adapters.customs.declaration import Declaration, Mark
from adapters.customs.offices import NOBODYS, Office, Offices
from adapters.sdk.sender import structured
from bus.message import Message
from schemas.commands.signal import SignalSubmit
from schemas.facts import Facts, Goods, Identifier, IdentifierKind, PersonalFacts, Place
from schemas.topics import Topics

SYSTEM = "customs-risk"
"""The agency's system, in `system` of the signal and as the last part of its `source`."""
NOON = time(12, tzinfo=timezone(timedelta(hours=7)))
"""A declaration has a day and no hour; noon in Viet Nam is that day in every zone that reads it."""
_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Reported:
    """The unit that reports, the message that it sends, and whether the sheet of offices knew the office."""

    unit: str
    message: Message
    known_office: bool


@dataclass(frozen=True, slots=True)
class Reporting:
    """Makes signals. `couriers` are the codes of the reference data; another courier's id is left out."""

    offices: Offices
    couriers: Collection[str]
    topics: Topics

    def report(self, declaration: Declaration) -> Reported:
        """The signal of a flagged declaration: the same declaration gives the same bytes under the same id.

        The value is left out, because the system names no currency.
        """
        office = self.offices.of(declaration.office, declaration.dated)
        unit = NOBODYS if office is None else office.unit
        at = datetime.combine(declaration.moved, NOON)
        order = SignalSubmit(
            reference=declaration.id,
            system=SYSTEM,
            detected_at=at,
            critical=declaration.critical is Mark.CRITICAL,
            reason=_reason(declaration),
            facts=self._facts(declaration, office),
            details=PersonalFacts(identifiers=_identifiers(declaration)),
        )
        message = structured(order, self.topics, unit=unit, system=SYSTEM, id_=f"decl-{declaration.id}", at=at)
        return Reported(unit, message, known_office=office is not None)

    def _facts(self, declaration: Declaration, office: Office | None) -> Facts:
        province = None if office is None else office.province
        return Facts(
            stages=("nhap_khau",),
            typology=("KKS",),
            place=Place(province=province, place_type="customs_control_area"),
            found_by="customs",
            goods=(_goods(declaration),),
            courier=declaration.courier if declaration.courier in self.couriers else None,
        )


def _reason(declaration: Declaration) -> str:
    found = "nghi gian lận nghiêm trọng" if declaration.critical is Mark.CRITICAL else "nghi gian lận"
    return f"Hệ thống quản lý rủi ro đánh dấu tờ khai: {found}"


def _goods(declaration: Declaration) -> Goods:
    made_in = f", xuất xứ {declaration.origin}" if declaration.origin else ""
    return Goods(
        description=f"{declaration.goods or f'Hàng mã HS {declaration.hs6}'}{made_in}",
        hs_code=declaration.hs6,
        quantity=declaration.net_mass.quantize(_STEP).normalize(),
        quantity_unit="kg",
    )


def _identifiers(declaration: Declaration) -> tuple[Identifier, ...]:
    """The importer first: it is the subject that groups signals. A seller alone is no subject that units agreed on."""
    given = (
        (IdentifierKind.IMPORTER_ID, declaration.importer),
        (IdentifierKind.DECLARATION, declaration.id),
        (IdentifierKind.SHOP, declaration.seller if declaration.importer else None),
    )
    return tuple(Identifier(kind=kind, value=value) for kind, value in given if value)
