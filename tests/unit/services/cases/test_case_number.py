"""Numbers of cases."""

from datetime import date

import pytest
from pydantic import TypeAdapter

from schemas.events.case import CaseNo
from services.cases.model.number import case_number


def test_a_case_number_names_the_year_and_eight_letters_of_the_random_bytes() -> None:
    assert case_number(date(2026, 11, 23), bytes(5)) == "VV/2026/00000000"
    assert case_number(date(2026, 11, 23), b"\xff" * 5) == "VV/2026/ZZZZZZZZ"
    assert case_number(date(2026, 11, 23), bytes([0, 0, 0, 0, 33])) == "VV/2026/00000011"


def test_no_letter_that_is_misread_on_the_telephone_is_ever_used() -> None:
    letters = {case_number(date(2026, 1, 1), bytes([0, 0, 0, 0, n]))[-1] for n in range(32)}
    assert len(letters) == 32
    assert not letters & set("ILOU")


def test_every_case_number_is_one_that_the_published_schema_accepts() -> None:
    number = case_number(date(2026, 1, 1), b"\x12\x34\x56\x78\x9a")
    assert TypeAdapter(CaseNo).validate_python(number) == number


def test_too_few_random_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="takes 5 random bytes, 4 were given"):
        case_number(date(2026, 1, 1), bytes(4))
