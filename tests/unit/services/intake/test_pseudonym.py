"""What stands for an informant: the same for one person, silent about who it is."""

import os
from datetime import UTC, datetime

import pytest

from services.intake.forms import Informant
from services.intake.pseudonym import informant_ref, tip_no

PEPPER = b"pepper" * 6


def ref(informant: Informant, pepper: bytes = PEPPER) -> str:
    return informant_ref(informant, pepper, os.urandom)


@pytest.mark.parametrize("phone", ["0912 345 678", "+84 912 345 678", "+84-912-345-678", "0912345678"])
def test_one_phone_number_gives_one_pseudonym_however_it_is_written(phone: str) -> None:
    assert ref(Informant(phone=phone)) == ref(Informant(phone="0912345678"))


def test_an_e_mail_address_counts_without_its_case() -> None:
    assert ref(Informant(email="An@Example.vn")) == ref(Informant(email="an@example.VN"))


def test_the_pseudonym_cannot_be_tried_out_without_the_pepper() -> None:
    assert ref(Informant(phone="0912345678")) != ref(Informant(phone="0912345678"), b"guess" * 8)


@pytest.mark.parametrize(
    "informant", [Informant(), Informant(name="An"), Informant(anonymous=True, phone="0912345678")]
)
def test_who_left_no_contact_or_asked_for_anonymity_has_a_new_pseudonym_each_time(informant: Informant) -> None:
    assert ref(informant) != ref(informant)
    assert len(ref(informant)) == 32


def test_the_year_of_a_tip_number_is_the_year_in_viet_nam() -> None:
    new_year = datetime(2026, 12, 31, 18, tzinfo=UTC)
    assert tip_no("bcd-79", new_year, bytes) == "bcd-79/2027/00000000"
