"""What a lane of the drawn timeline is called, short enough for the gutter, and where its unit stands."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.reference.rows import Unit
from services.console.look.words import Words
from services.console.model.sheet import Sheet
from services.console.model.standing import Position, positions
from services.console.timeline.figures import Lane
from services.console.timeline.story import TIPS
from services.runtime.language import Language

_NAME, _SECOND = 17, 20
"""How many letters the gutter holds in its two lines."""
_FORCES: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "customs": {"vi": "HQ", "en": "Customs"},
        "market_surveillance": {"vi": "QLTT", "en": "Market Surv."},
        "police": {"vi": "CA", "en": "Police"},
        "tax": {"vi": "Thuế", "en": "Tax"},
        "border_guard": {"vi": "BĐBP", "en": "Border"},
        "coast_guard": {"vi": "CSB", "en": "Coast Guard"},
        "standing_office": {"vi": "BCĐ 389", "en": "Office 389"},
        "ecommerce_authority": {"vi": "TMĐT", "en": "E-commerce"},
    }
)
_SHORTER = (("Thành phố Hồ Chí Minh", "TP.HCM"), ("Ho Chi Minh City", "HCMC"), ("Regional", "Reg."), (" Command", ""))
_LEFT_OUT = ("Thành phố ", "Tỉnh ", "tỉnh ")
_TIPS: Mapping[Language, str] = MappingProxyType({"vi": "Tin báo", "en": "Public tip"})
_MANY_TIPS: Mapping[Language, str] = MappingProxyType({"vi": "{n} tin báo", "en": "{n} tips"})
_SENT: Mapping[Language, str] = MappingProxyType({"vi": "đã gửi dấu hiệu", "en": "sent signals"})
_STANDS: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "acting": {"vi": "chủ trì từ {day}", "en": "lead since {day}"},
        "closed": {"vi": "đã kết thúc {day}", "en": "closed {day}"},
        "awaited": {"vi": "chưa thụ lý", "en": "has not claimed"},
        "invited": {"vi": "được mời phối hợp", "en": "invited"},
        "may": {"vi": "có thể thụ lý", "en": "may claim"},
    }
)


def lane(code: str, sheet: Sheet, words: Words) -> Lane:
    """The lane of a unit or of the tips, as the viewer's sheet tells it."""
    if code == TIPS:
        return Lane(code, "tin", _TIPS[words.language], _cut(_tips(sheet, words), _SECOND))
    position = next((one for one in positions(sheet) if one.unit == code), None)
    second = _stands(position, words) if position else _sent(code, sheet, words)
    return Lane(code, words.hue(code), _cut(short(code, words), _NAME), _cut(second, _SECOND), words.unit(code))


def ordered(codes: tuple[str, ...], words: Words) -> list[str]:
    """Standing offices come last: they see to what the others do."""
    return sorted(codes, key=lambda code: words.hue(code) == "vptt")


def short(code: str, words: Words) -> str:
    """The force by its usual letters, and what tells this unit from the others of it."""
    unit = words.known(code)
    if unit is None or unit.agency not in _FORCES:
        return words.unit(code)
    return f"{_FORCES[unit.agency][words.language]} {_place(unit, words)}".strip()


def _place(unit: Unit, words: Words) -> str:
    """What is left of the unit's name without its force's; the province where the name does not hold the force's."""
    if unit.central:
        return ""
    name, force = words.unit(unit.code), words.force(unit.agency)
    start = name.casefold().find(force.casefold())
    if start < 0:
        return _brief(words.province(unit.territory[0])) if len(unit.territory) == 1 else ""
    rest = f"{name[:start]} {name[start + len(force) :]}" if words.language == "en" else name[start + len(force) :]
    return _brief(" ".join(rest.split()))


def _brief(place: str) -> str:
    for long, brief in _SHORTER:
        place = place.replace(long, brief)
    for left_out in _LEFT_OUT:
        place = place.removeprefix(left_out)
    return place


def _stands(position: Position, words: Words) -> str:
    day = words.short_day(position.since) if position.since else ""
    return _STANDS[position.what][words.language].format(day=day)


def _sent(code: str, sheet: Sheet, words: Words) -> str:
    sent = any(one.data["origin"]["sender"] == code for one in sheet.facts)
    return _SENT[words.language] if sent else ""


def _tips(sheet: Sheet, words: Words) -> str:
    """The number of the only tip without the desk that gave it, which the list names; else how many there are."""
    if sheet.tips != 1:
        return _MANY_TIPS[words.language].format(n=sheet.tips) if sheet.tips else ""
    references = (one.data["origin"].get("reference", "") for one in sheet.facts if one.data["origin"]["kind"] == "tip")
    number = str(next(references))
    return number.partition("/")[2] or number


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
