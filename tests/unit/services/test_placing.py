"""The province of a record comes from its address where no code is stated."""

from datetime import date

import pytest

import reference
from schemas.facts import Facts, Place
from schemas.identifiers.address.atlas import Atlas
from schemas.identifiers.address.gazetteer import Gazetteer
from schemas.identifiers.address.resolution import Status
from schemas.reference.book import ReferenceBook
from services.routing import RoutingFacts, placed, route

PLACES = Atlas(reference.folder())
BOOK = ReferenceBook.load(reference.folder())
TODAY = date(2026, 11, 24)


def facts(text: str | None, **codes: str) -> Facts:
    return Facts(typology=("KRNG",), place=Place(text=text, place_type="market", **codes))


def nobody_asks() -> Gazetteer:
    raise AssertionError("the tables were read though there is no address")


@pytest.mark.parametrize("given", [Facts(), facts(None), facts(None, province="79")])
def test_without_an_address_the_tables_are_not_read(given: Facts) -> None:
    found = placed(given, TODAY, nobody_asks)
    assert (found.facts, found.found, found.conflict) == (given, None, False)


def test_an_address_of_an_abolished_ward_gives_the_codes_of_today_and_is_said_to_be_converted() -> None:
    found = placed(facts("Phường Bến Nghé, Quận 1, TP.HCM"), TODAY, PLACES)
    assert found.facts.place == Place(
        text="Phường Bến Nghé, Quận 1, TP.HCM", place_type="market", province="79", ward="26740"
    )
    assert found.found is not None
    assert found.found.status is Status.CONVERTED


def test_the_unit_that_holds_the_province_leads_instead_of_the_central_one() -> None:
    stated = facts("Phường Phú Cường, TP Thủ Dầu Một, Bình Dương")
    before = route(RoutingFacts.of(stated), TODAY, BOOK)
    after = route(RoutingFacts.of(placed(stated, TODAY, PLACES).facts), TODAY, BOOK)
    assert (before.lead, after.lead) == (BOOK.unit_of_agency("market_surveillance", None, TODAY).code, "qltt-79")


def test_a_split_ward_gives_the_province_and_no_ward() -> None:
    found = placed(facts("Thị trấn Trường Sơn, huyện An Lão, Hải Phòng"), TODAY, PLACES)
    assert found.facts.place is not None
    assert (found.facts.place.province, found.facts.place.ward) == ("31", None)


def test_a_likely_ward_is_not_written_down() -> None:
    found = placed(facts("Phường Phú Cường, TP.HCM"), TODAY, PLACES)
    assert found.facts.place is not None
    assert (found.facts.place.province, found.facts.place.ward) == ("79", None)


@pytest.mark.parametrize("codes", [{"province": "01"}, {"province": "79", "ward": "26737"}])
def test_a_code_that_says_another_place_stands_and_the_conflict_is_told(codes: dict[str, str]) -> None:
    given = facts("Phường Sài Gòn, TP.HCM", **codes)
    found = placed(given, TODAY, PLACES)
    assert (found.facts, found.conflict) == (given, True)


def test_a_code_that_agrees_is_no_conflict() -> None:
    assert not placed(facts("Phường Sài Gòn, TP.HCM", province="79", ward="26740"), TODAY, PLACES).conflict


@pytest.mark.parametrize("text", ["Kho CFS, cảng giả định", "Phường Sài Gòn", "đâu đó"])
def test_an_address_without_a_province_changes_nothing(text: str) -> None:
    given = facts(text, province="79")
    found = placed(given, TODAY, PLACES)
    assert (found.facts, found.conflict) == (given, False)


def test_for_an_act_before_the_reform_no_code_of_today_is_written() -> None:
    given = facts("Phường Bến Nghé, Quận 1, TP.HCM")
    found = placed(given, date(2025, 6, 30), PLACES)
    assert found.facts == given
    assert found.found is not None
    assert found.found.ward_code == "26740"
