"""What intake tells of an address, and what it makes of a form that has one."""

from datetime import UTC, datetime

import reference
from schemas.facts import Facts, Place
from schemas.identifiers.address.atlas import Atlas
from schemas.reference.validity import vietnam_date
from services.intake.places import place_differs, placed_words
from services.routing import Placed, placed

PLACES = Atlas(reference.folder())
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def understood(text: str, province: str | None = None) -> Placed:
    return placed(Facts(place=Place(text=text, province=province)), vietnam_date(NOW), PLACES)


def test_an_answer_names_the_abolished_unit_and_the_codes_of_today() -> None:
    assert placed_words(understood("Xã Ninh Hiệp, huyện Gia Lâm, Hà Nội")) == {
        "place": "converted",
        "place_certainty": "certain",
        "place_province": "01",
        "place_ward": "00541",
        "place_abolished": "Xã Ninh Hiệp",
    }


def test_an_answer_says_that_code_and_address_differ() -> None:
    assert placed_words(understood("Phường Sài Gòn, TP.HCM", "01"))["place"] == "conflict"


def test_an_answer_without_an_address_says_nothing_of_a_place() -> None:
    assert placed_words(Placed(Facts())) == {}


def test_a_text_that_only_adds_to_a_code_is_no_news() -> None:
    assert placed_words(understood("Kho CFS, cảng giả định", "79")) == {}
    assert placed_words(understood("Kho CFS, cảng giả định"))["place"] == "unknown_province"


def test_the_refusal_names_the_code_found_and_the_remedy_in_both_languages() -> None:
    problem = place_differs(understood("Phường Sài Gòn, TP.HCM", "01"))
    assert "26740" in problem.vi
    assert "26740" in problem.en
    assert "leave the code out" in problem.en
