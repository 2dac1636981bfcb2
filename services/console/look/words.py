"""Codes and instants in the words of one language, by the reference data of one day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from schemas.facts import IdentifierKind
from schemas.reference.book import ReferenceBook
from schemas.reference.problems import UnknownCodeError
from schemas.reference.rows import Named, Unit
from services.console.timeline.window import VIETNAM
from services.runtime.language import Language

_HUES: Mapping[str, str] = MappingProxyType(
    {
        "customs": "hq",
        "market_surveillance": "qltt",
        "police": "ca",
        "tax": "thue",
        "border_guard": "bdbp",
        "standing_office": "vptt",
        "coast_guard": "csb",
        "ecommerce_authority": "idea",
    }
)
"""The class that gives each force its colour; the colour never stands without the name."""
_SHORT = MappingProxyType(
    {
        "market_surveillance": {"vi": "QLTT", "en": "Market Surv."},
        "standing_office": {"vi": "VPTT 389", "en": "Office 389"},
        "ecommerce_authority": {"vi": "TMĐT", "en": "E-commerce"},
        "border_guard": {"vi": "Biên phòng", "en": "Border Guard"},
    }
)
_IDENTIFIERS: Mapping[IdentifierKind, Mapping[Language, str]] = MappingProxyType(
    {
        IdentifierKind.TAX_CODE: {"vi": "Mã số thuế", "en": "Tax code"},
        IdentifierKind.IMPORTER_ID: {"vi": "Mã người nhập khẩu", "en": "Importer"},
        IdentifierKind.CITIZEN_NUMBER: {"vi": "Số định danh", "en": "Citizen number"},
        IdentifierKind.ACCOUNT: {"vi": "Tài khoản", "en": "Account"},
        IdentifierKind.PHONE: {"vi": "Điện thoại", "en": "Phone"},
        IdentifierKind.SHOP: {"vi": "Gian hàng", "en": "Shop"},
        IdentifierKind.SITE: {"vi": "Trang web", "en": "Site"},
        IdentifierKind.SOCIAL: {"vi": "Mạng xã hội", "en": "Social account"},
        IdentifierKind.EMAIL: {"vi": "Thư điện tử", "en": "E-mail"},
        IdentifierKind.WAYBILL: {"vi": "Vận đơn", "en": "Waybill"},
        IdentifierKind.PLATE: {"vi": "Biển số xe", "en": "Number plate"},
        IdentifierKind.CONTAINER: {"vi": "Công-ten-nơ", "en": "Container"},
        IdentifierKind.DECLARATION: {"vi": "Tờ khai hải quan", "en": "Customs declaration"},
        IdentifierKind.INVOICE: {"vi": "Hóa đơn", "en": "Invoice"},
        IdentifierKind.VESSEL: {"vi": "Tàu thuyền", "en": "Vessel"},
        IdentifierKind.GTIN: {"vi": "Mã vạch hàng hóa", "en": "Product bar code"},
        IdentifierKind.REGISTRATION: {"vi": "Số công bố, đăng ký", "en": "Product registration"},
    }
)
_DAY = {"vi": "EEEE d/M/y", "en": "EEEE d MMM y"}
_DATE = {"vi": "d/M/y", "en": "d MMM y"}
_SHORT_DAY = {"vi": "d/M", "en": "d MMM"}


@dataclass(frozen=True, slots=True)
class Words:
    """What codes are called on a day in a language. A code that the day does not know is shown as it is."""

    book: ReferenceBook
    language: Language
    today: date

    def unit(self, code: str | None) -> str:
        """The name of a unit."""
        found = self.known(code)
        return self._name(found) if found else (code or "")

    def contact(self, code: str | None) -> str:
        """Whom to contact at a unit."""
        found = self.known(code)
        return found.contact if found else ""

    def agency(self, unit: str | None) -> str:
        """The usual short name of the force that a unit belongs to."""
        found = self.known(unit)
        if found is None:
            return unit or ""
        if found.agency in _SHORT:
            return _SHORT[found.agency][self.language]
        return self._name(self.book.agency(found.agency, self.today))

    def force(self, agency: str) -> str:
        """The name of a force by its code."""
        known = (one for one in self.book.agencies_at(self.today) if one.code == agency)
        return next((self._name(one) for one in known), agency)

    def identifier(self, kind: str) -> str:
        """What a kind of identifier is called."""
        return _IDENTIFIERS[IdentifierKind(kind)][self.language]

    def hue(self, unit: str | None) -> str:
        """The class of the force that a unit belongs to."""
        found = self.known(unit)
        return _HUES.get(found.agency, "tin") if found else "tin"

    def term(self, sheet: str, code: str | None) -> str:
        """A word of a vocabulary."""
        try:
            return self._name(self.book.term(sheet, code or "", self.today))
        except UnknownCodeError:
            return code or ""

    def province(self, code: str | None) -> str:
        """The name of a province."""
        known = (one for one in self.book.provinces_at(self.today) if one.code == code)
        return next((self._name(one) for one in known), code or "")

    def day(self, instant: datetime) -> str:
        """The day in Vietnam, with its weekday."""
        text = format_date(instant.astimezone(VIETNAM), _DAY[self.language], locale=self.language)
        return text[:1].upper() + text[1:]

    def date(self, instant: datetime | date) -> str:
        """The date in Vietnam."""
        local = instant.astimezone(VIETNAM) if isinstance(instant, datetime) else instant
        return format_date(local, _DATE[self.language], locale=self.language)

    def short_day(self, instant: datetime) -> str:
        """The day and month in Vietnam."""
        return format_date(instant.astimezone(VIETNAM), _SHORT_DAY[self.language], locale=self.language)

    def number(self, value: Any) -> str:
        """A number with its separators."""
        return format_decimal(value, locale=self.language)

    def money(self, dong: int) -> str:
        """An amount of whole dong."""
        return f"{self.number(dong)} đồng" if self.language == "vi" else f"VND {self.number(dong)}"

    def known(self, code: str | None) -> Unit | None:
        """The unit of a code, where today's reference data has it."""
        known = code is not None and self.book.has_unit(code, self.today)
        return self.book.unit(code or "", self.today) if known else None

    def _name(self, row: Named) -> str:
        return row.name_en if self.language == "en" else row.name_vi


def clock_time(instant: datetime) -> str:
    """Hours and minutes in Vietnam."""
    return f"{instant.astimezone(VIETNAM):%H:%M}"


def clock_second(instant: datetime) -> str:
    """Hours, minutes and seconds in Vietnam."""
    return f"{instant.astimezone(VIETNAM):%H:%M:%S}"


def local(instant: datetime) -> str:
    """The instant in Vietnam for machines."""
    return instant.astimezone(VIETNAM).isoformat(timespec="seconds")
