"""An address as typed, at a date: pure, from the tables that are given."""

from datetime import date

from schemas.identifiers.address.gazetteer import Gazetteer
from schemas.identifiers.address.mentions import Mention
from schemas.identifiers.address.named import Named, Vintage
from schemas.identifiers.address.reading import Reading, read
from schemas.identifiers.address.resolution import Certainty, Resolution, Status
from schemas.reference.places.rows import REFORM

MOST_CANDIDATES = 20
"""Wards named where no province is written; a name such as `Phường 1` has hundreds."""


def resolve(text: str, at: date, places: Gazetteer) -> Resolution:
    """The unit and province that hold the place on that day, or why the text does not say.

    Nothing is guessed: where several units fit, none is chosen and all are named; a ward alone gives nothing.
    """
    reading = read(text, places)
    if reading.old_province is None and reading.new_province is None:
        candidates = tuple(one.named for one in reading.new_wards)
        fitting = tuple(one for one in candidates if one.vintage is _vintage(at)) or candidates
        return Resolution(Status.NO_PROVINCE, candidates=fitting[:MOST_CANDIDATES])
    return _since(reading, places) if at >= REFORM else _before(reading, places)


def _vintage(at: date) -> Vintage:
    return Vintage.NEW if at >= REFORM else Vintage.OLD


def _since(reading: Reading, places: Gazetteer) -> Resolution:
    if reading.complete:
        return _old_at_new(reading, places)
    if reading.torn and reading.district:
        both = (reading.district.named, *(one.named for one in reading.new_wards))
        return Resolution(Status.AMBIGUOUS, province=_province_now(reading, places), candidates=both)
    if reading.new_wards and _quality(reading.new_wards) >= _quality(reading.old_wards):
        return _one_or_many(reading.new_wards, Vintage.NEW, places, loose=reading.district is not None)
    if reading.old_wards:
        return _old_at_new(reading, places)
    return _without_ward(reading, places)


def _before(reading: Reading, places: Gazetteer) -> Resolution:
    sooner = reading.district is None and _quality(reading.new_wards) > _quality(reading.old_wards)
    if reading.old_wards and not sooner:
        wards = _own(reading, places)
        return _one_or_many(wards, Vintage.OLD, places, loose=reading.district is None)
    province = places.province_of(reading.district.named) if reading.district else reading.old_province
    if reading.district is not None and _islands(reading.district.named, places):
        return _found(Status.RESOLVED, reading.district, reading.district.named, places, loose=False)
    if reading.new_wards and reading.district is None:
        return Resolution(Status.NOT_YET, vintage=Vintage.NEW, candidates=tuple(one.named for one in reading.new_wards))
    status = Status.UNKNOWN_WARD if reading.wards_written else Status.PROVINCE_ONLY
    return Resolution(status, vintage=Vintage.OLD, province=province)


def _quality(wards: tuple[Mention, ...]) -> tuple[bool, bool]:
    """How well the wards fit what is written: marks first, then kind."""
    return max(((one.agrees, one.exact) for one in wards), default=(False, False))


def _own(reading: Reading, places: Gazetteer) -> tuple[Mention, ...]:
    """Those of the old province that is named, if any: before the reform its name did not mean more."""
    own = [one for one in reading.old_wards if places.province_of(one.named) == reading.old_province]
    return tuple(own) or reading.old_wards


def _one_or_many(wards: tuple[Mention, ...], vintage: Vintage, places: Gazetteer, *, loose: bool) -> Resolution:
    if len(wards) == 1:
        return _found(Status.RESOLVED, wards[0], wards[0].named, places, loose=loose)
    named = tuple(one.named for one in wards)
    provinces = {places.province_of(one) for one in named}
    province = provinces.pop() if len(provinces) == 1 else None
    return Resolution(Status.AMBIGUOUS, vintage=vintage, province=province, candidates=named)


def _old_at_new(reading: Reading, places: Gazetteer) -> Resolution:
    wards = reading.old_wards
    if len(wards) == 1:
        return _converted(wards[0], wards[0].named, places, loose=reading.district is None)
    named = tuple(one.named for one in wards)
    province = places.since(places.province_of(named[0]))
    return Resolution(Status.AMBIGUOUS, vintage=Vintage.OLD, province=province, candidates=named)


def _converted(one: Mention, old: Named, places: Gazetteer, *, loose: bool) -> Resolution:
    heirs = places.heirs(old)
    if len(heirs) == 1:
        found = _found(Status.CONVERTED, one, heirs[0], places, loose=loose)
        return Resolution(found.status, found.certainty, Vintage.OLD, found.unit, found.province, old)
    province = places.since(places.province_of(old))
    return Resolution(Status.SPLIT, vintage=Vintage.OLD, province=province, old=old, candidates=heirs)


def _found(status: Status, one: Mention, unit: Named, places: Gazetteer, *, loose: bool) -> Resolution:
    sure = Certainty.LIKELY if loose or not (one.exact and one.agrees and one.present) else Certainty.CERTAIN
    return Resolution(status, sure, unit.vintage, unit, places.province_of(unit))


def _without_ward(reading: Reading, places: Gazetteer) -> Resolution:
    district = reading.district
    if district is not None and _islands(district.named, places):
        return _converted(district, district.named, places, loose=False)
    status = Status.UNKNOWN_WARD if reading.wards_written else Status.PROVINCE_ONLY
    vintage = Vintage.NEW if district is None and reading.new_province else Vintage.OLD
    old = district.named if district else None if reading.new_province else reading.old_province
    return Resolution(status, vintage=vintage, province=_province_now(reading, places), old=old)


def _islands(district: Named, places: Gazetteer) -> bool:
    """Whether it is an island district that had no wards, so that it stands for itself."""
    return bool(places.heirs(district))


def _province_now(reading: Reading, places: Gazetteer) -> Named | None:
    if reading.new_province is not None:
        return reading.new_province
    return places.since(reading.old_province) if reading.old_province else None
