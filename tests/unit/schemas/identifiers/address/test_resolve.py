"""Addresses as people type them, and what each is understood as on a day."""

import csv
import time
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from schemas.identifiers.address.gazetteer import Gazetteer
from schemas.identifiers.address.named import Named, Vintage
from schemas.identifiers.address.resolution import Certainty, Resolution, Status
from schemas.identifiers.address.resolve import MOST_CANDIDATES, resolve
from schemas.identifiers.address.words import plain_of
from schemas.reference.places.rows import REFORM
from schemas.reference.places.sheets import load

PLACES = Gazetteer.of(load(reference.folder()))
NOW = date(2026, 11, 24)
BEFORE = date(2025, 6, 30)
WARDS = sorted((one for one in PLACES.by_code.values() if one.kind), key=lambda one: (one.vintage, one.code))
NEW_WARDS = [one for one in WARDS if one.vintage is Vintage.NEW and len(one.code) == 5]
OLD_WARDS = [one for one in WARDS if one.vintage is Vintage.OLD and len(one.code) == 5]
TABLE = list(csv.DictReader((Path(__file__).parent / "addresses.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", TABLE, ids=[f"{row['address']} on {row['at']}" for row in TABLE])
def test_an_address_is_understood_as_the_table_says(row: dict[str, str]) -> None:
    found = resolve(row["address"], date.fromisoformat(row["at"]), PLACES)
    assert (found.status, found.certainty) == (row["status"], row["certainty"])
    assert (found.ward_code or "", found.province_code or "") == (row["ward"], row["province"])
    assert (found.old.code if found.old else "") == row["abolished"]


@pytest.mark.parametrize("row", TABLE[::3], ids=[row["address"] for row in TABLE[::3]])
def test_composed_decomposed_and_capital_spelling_say_the_same(row: dict[str, str]) -> None:
    at, typed = date.fromisoformat(row["at"]), row["address"]
    expected = resolve(typed, at, PLACES)
    assert resolve(unicodedata.normalize("NFD", typed), at, PLACES) == expected
    assert resolve(typed.upper(), at, PLACES) == expected
    assert resolve(typed.replace("Đ", "Ð").replace("đ", "ð"), at, PLACES) == expected


@given(st.sampled_from(NEW_WARDS))
def test_every_new_ward_with_its_province_is_found_as_itself(ward: Named) -> None:
    found = resolve(PLACES.full(ward), NOW, PLACES)
    assert (found.status, found.unit, found.certainty) == (Status.RESOLVED, ward, Certainty.CERTAIN)


@given(st.sampled_from(OLD_WARDS))
def test_every_old_ward_in_full_is_found_before_and_carried_over_after_the_reform(ward: Named) -> None:
    before, after = resolve(PLACES.full(ward), BEFORE, PLACES), resolve(PLACES.full(ward), REFORM, PLACES)
    assert (before.status, before.unit) == (Status.RESOLVED, ward)
    assert after.old == ward
    assert (after.unit,) == PLACES.heirs(ward) if after.status is Status.CONVERTED else after.unit is None
    assert after.province == PLACES.since(PLACES.province_of(ward))


@given(st.sampled_from(OLD_WARDS))
def test_without_diacritics_an_old_ward_is_found_or_said_to_be_one_of_several(ward: Named) -> None:
    typed = " ".join(plain_of(word) for word in PLACES.full(ward).lower().replace(",", " ,").split())
    found = resolve(typed, BEFORE, PLACES)
    assert found.unit == ward or ward in found.candidates


@given(st.text(max_size=200), st.dates())
def test_no_text_is_refused_and_a_unit_is_named_only_with_its_province(typed: str, at: date) -> None:
    found = resolve(typed, at, PLACES)
    assert (found.unit is None) == (found.certainty is Certainty.NONE)
    if found.unit is not None:
        assert found.province == PLACES.province_of(found.unit)
        assert found.unit.vintage is (Vintage.NEW if at >= REFORM else Vintage.OLD)


@given(st.sampled_from(WARDS), st.sampled_from([NOW, BEFORE]))
def test_a_ward_alone_gives_no_code(ward: Named, at: date) -> None:
    found = resolve(ward.name, at, PLACES)
    if found.province is None:
        assert (found.ward_code, found.province_code) == (None, None)
        assert len(found.candidates) <= MOST_CANDIDATES


def test_the_wards_among_which_an_address_does_not_decide_are_all_named() -> None:
    found = resolve("Thị trấn Trường Sơn, huyện An Lão, Hải Phòng", NOW, PLACES)
    assert [PLACES.full(one) for one in found.candidates] == [
        "Phường Phù Liễn, Thành phố Hải Phòng",
        "Xã An Lão, Thành phố Hải Phòng",
    ]


def test_the_text_itself_is_not_kept() -> None:
    found = resolve("Nhà bà Nguyễn Thị Thử, 12 Lê Lợi, Phường Sài Gòn, TP.HCM", NOW, PLACES)
    assert isinstance(found, Resolution)
    assert "Thử" not in repr(found)


def test_a_very_long_text_takes_a_moment_and_not_more() -> None:
    began = time.process_time()
    resolve("Phường Bến Nghé Quận 1 " * 400, NOW, PLACES)
    assert time.process_time() - began < 2
