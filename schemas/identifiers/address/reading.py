"""One address read in both ways, as district and ward of an old province and as ward of a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.identifiers.address.gazetteer import Gazetteer
from schemas.identifiers.address.mentions import Mention, Windows, best
from schemas.identifiers.address.named import DISTRICT_KINDS, PROVINCE_KINDS, WARD_KINDS, Named, Vintage, kind_before
from schemas.identifiers.address.words import Word, words_of

_POST_CODE = 5
_COUNTRY = (("viet", "nam"), ("vietnam",), ("vn",))


@dataclass(frozen=True, slots=True)
class Reading:
    """What an address names: its province in either vintage, its district, and wards of either vintage.

    Several wards mean that the text does not decide. `wards_written` tells whether it has a word such as `phường`.
    """

    old_province: Named | None = None
    new_province: Named | None = None
    district: Mention | None = None
    old_wards: tuple[Mention, ...] = ()
    new_wards: tuple[Mention, ...] = ()
    wards_written: bool = False

    @property
    def complete(self) -> bool:
        """Whether district and ward of the old kind are both there."""
        return self.district is not None and bool(self.old_wards)

    @property
    def torn(self) -> bool:
        """Whether one bare name is both an old district and a new ward, as `Ba Đình` is."""
        one = self.district
        return one is not None and not one.kind and any(one.overlaps(ward) and not ward.kind for ward in self.new_wards)


def read(text: str, places: Gazetteer) -> Reading:
    """Everything that the text says about units; without a province, all wards of the names written."""
    words = _cut(words_of(text))
    windows = Windows.of(words)
    written = any(kind_before(words, at)[0] in WARD_KINDS for at in range(1, len(words)))
    province = _province(windows.found(places.provinces, PROVINCE_KINDS), len(words))
    if not province:
        wards = windows.found(places.wards, WARD_KINDS)
        return Reading(new_wards=_anywhere(wards), wards_written=written)
    return _within(windows, province, written=written, places=places)


def _anywhere(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Every ward of the name that tells most, whatever its province and vintage."""
    top = next(iter(best(mentions, lambda _: True)), None)
    same = [one for one in mentions if top and (one.start, one.end) == (top.start, top.end)]
    agreeing = [one for one in same if one.agrees] or same
    return tuple({one.named: one for one in agreeing}.values())


def _cut(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words before a post code and the name of the country."""
    while words:
        plain = tuple(word.plain for word in words)
        country = next((name for name in _COUNTRY if plain[-len(name) :] == name), ())
        if country and len(words) > len(country):
            words = words[: -len(country)]
        elif plain[-1].isdigit() and len(plain[-1]) >= _POST_CODE:
            words = words[:-1]
        else:
            break
    return words


def _province(mentions: Iterable[Mention], end: int) -> tuple[Mention, ...]:
    """The province at the end of the address, else the last one that has its kind or a part of its own."""
    fitting = [one for one in mentions if one.end == end or one.whole or one.kind == "tinh"]
    top = max(((one.end == end, one.end, one.end - one.start) for one in fitting), default=None)
    tied = [one for one in fitting if (one.end == end, one.end, one.end - one.start) == top]
    return tuple(tied)


def _within(windows: Windows, province: Sequence[Mention], *, written: bool, places: Gazetteer) -> Reading:
    old = next((one.named for one in province if one.named.vintage is Vintage.OLD), None)
    new = next((one.named for one in province if one.named.vintage is Vintage.NEW), None)
    into = new.code if new else places.became[old.code] if old else ""
    olds = frozenset(code for code, after in places.became.items() if after == into)
    olds = olds if new or old is None else frozenset({old.code})
    taken = province[0]
    wards = windows.found(places.wards, WARD_KINDS, places.within[into])
    free = [one for one in wards if not one.overlaps(taken)]
    district = _district(_standing(windows.found(places.districts, DISTRICT_KINDS, olds), free), olds, old, taken)
    return Reading(
        old_province=old,
        new_province=new,
        district=district,
        old_wards=_old_wards(free, district, olds, places),
        new_wards=best(free, lambda one: one.named.vintage is Vintage.NEW and one.named.above == into),
        wards_written=written,
    )


def _city_of(province: Mention) -> bool:
    """Whether `Thành phố Bắc Ninh` is written: a city of the province that has its name, and so names both."""
    return province.kind == "thanhpho" and province.named.kind == "tinh"


def _standing(districts: Sequence[Mention], wards: Sequence[Mention]) -> list[Mention]:
    """Without the bare names that are part of a ward's: `Hoa Lư` in `Phường Đông Hoa Lư` is no district."""
    written = [one for one in wards if one.kind and one.agrees]
    return [one for one in districts if one.kind or not any(one.overlaps(ward) for ward in written)]


def _district(
    mentions: Sequence[Mention], olds: frozenset[str], own: Named | None, province: Mention
) -> Mention | None:
    """The one district meant: of the old province of that name, else of another that the new one is made of."""
    shared = _city_of(province)
    near = [one for one in mentions if shared or not one.overlaps(province)]
    first = {own.code} if own else set()
    for among in (first, set(olds)):
        found = best([one for one in near if one.named.above in among], lambda _: True, province.start)
        if len(found) == 1:
            return found[0]
    return None


def _old_wards(
    wards: Sequence[Mention], district: Mention | None, olds: frozenset[str], places: Gazetteer
) -> tuple[Mention, ...]:
    if district is None:
        return best(wards, lambda one: one.named.vintage is Vintage.OLD and _province_code(one, places) in olds)
    return best(
        wards,
        lambda one: (
            one.named.vintage is Vintage.OLD
            and one.named.above == district.named.code
            and (bool(one.kind) or not one.overlaps(district))
        ),
    )


def _province_code(one: Mention, places: Gazetteer) -> str:
    return places.province_of(one.named).code
