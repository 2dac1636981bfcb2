"""Lanes are named as people say them, and no name runs out of the gutter."""

import pytest

from builders import NOW
from case_builders import book, numbered
from services.console.look.lanes import lane, ordered, short
from services.console.look.words import Words
from services.console.model.sheet import sheet
from services.runtime.language import Language

NOBODY = sheet(numbered(1), [])


def words(language: Language) -> Words:
    return Words(book(), language, NOW.date())


@pytest.mark.parametrize(
    ("unit", "vi", "en"),
    [
        ("qltt-79", "QLTT TP.HCM", "Market Surv. HCMC"),
        ("ca-01", "CA Hà Nội", "Police Hanoi"),
        ("customs-kv6", "HQ khu vực VI", "Customs Reg. VI"),
        ("tax-hq", "Thuế", "Tax"),
        ("bdbp-20", "BĐBP Lạng Sơn", "Border Lang Son"),
        ("bcd-79", "BCĐ 389 TP.HCM", "Office 389 HCMC"),
        ("no-such-unit", "no-such-unit", "no-such-unit"),
    ],
)
def test_a_lane_is_called_as_its_unit_is_called_in_short(unit: str, vi: str, en: str) -> None:
    assert (short(unit, words("vi")), short(unit, words("en"))) == (vi, en)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_unit_of_the_reference_data_fits_the_gutter_and_keeps_its_whole_name(language: Language) -> None:
    for unit in book().units_at(NOW.date()):
        found = lane(unit.code, NOBODY, words(language))

        assert 0 < len(found.name) <= 17, found
        assert len(found.second) <= 20, found
        assert found.full == words(language).unit(unit.code)


def test_standing_offices_come_last() -> None:
    assert ordered(("bcd-79", "qltt-79", "vptt-389", "ca-79"), words("vi")) == [
        "qltt-79",
        "ca-79",
        "bcd-79",
        "vptt-389",
    ]
