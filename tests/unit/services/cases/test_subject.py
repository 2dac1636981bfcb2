"""Subjects: when two records are about the same."""

import hashlib
import hmac
import unicodedata

import pytest

from schemas.facts import Identifier, IdentifierKind
from services.cases.model.subject import subject_key

PEPPER = b"p" * 32


def key(*given: tuple[str, str], pepper: bytes = PEPPER) -> bytes | None:
    return subject_key([Identifier(kind=IdentifierKind(kind), value=value) for kind, value in given], pepper)


def test_a_subject_is_a_keyed_hash_of_kind_and_normalised_value() -> None:
    assert key(("phone", "0999 000 111")) == hmac.digest(PEPPER, b"phone:0999000111", hashlib.sha256)


def test_without_the_pepper_the_same_identifier_gives_another_subject() -> None:
    assert key(("phone", "0999000111")) != key(("phone", "0999000111"), pepper=b"q" * 32)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "0999 000 111", "+84 999.000.111"),
        ("phone", "0999000111", "0999-000-111 (Zalo)"),
        ("tax_code", "0312345678-001", "0312345678 001"),
        ("account", "970400 1234 5678", "97040012345678"),
        ("citizen_number", "079 200 000001", "079200000001"),
        ("importer_id", "y3om027", "  Y3OM027 "),
        ("shop", unicodedata.normalize("NFD", "Hàng Hiệu"), "HÀNG HIỆU"),
        ("site", "https://www.Shop-Gia-Dinh.example/", "shop-gia-dinh.example"),
        ("site", "http://shop.example/a", "SHOP.example/a/"),
    ],
)
def test_the_same_thing_written_in_two_ways_is_one_subject(kind: str, one: str, other: str) -> None:
    assert key((kind, one)) == key((kind, other))


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "0999000111", "0999000112"),
        ("tax_code", "0312345678", "0312345678-001"),
        ("site", "a.example/shop-1", "a.example/shop-2"),
    ],
)
def test_two_things_are_two_subjects(kind: str, one: str, other: str) -> None:
    assert key((kind, one)) != key((kind, other))


def test_twelve_digits_of_an_account_never_meet_the_same_digits_of_a_citizen() -> None:
    assert key(("account", "079200000001")) != key(("citizen_number", "079200000001"))


def test_the_strongest_kind_decides_in_whatever_order_they_are_given() -> None:
    assert key(("phone", "0999000111"), ("tax_code", "0312345678")) == key(("tax_code", "0312345678"))
    assert key(("site", "a.example"), ("shop", "abc")) == key(("shop", "abc"))
    assert key(("citizen_number", "079200000001"), ("importer_id", "Y3")) == key(("importer_id", "Y3"))


def test_of_two_identifiers_of_one_kind_the_first_as_given_decides() -> None:
    assert key(("phone", "0999000111"), ("phone", "0999000222")) == key(("phone", "0999000111"))


def test_a_value_of_which_nothing_is_left_is_passed_over() -> None:
    assert key(("phone", "không rõ"), ("shop", "abc")) == key(("shop", "abc"))


@pytest.mark.parametrize("kind", ["email", "waybill", "plate", "container", "declaration", "social"])
def test_kinds_that_many_share_or_that_change_hands_make_no_subject(kind: str) -> None:
    assert key((kind, "x-123")) is None


def test_nothing_known_makes_no_subject() -> None:
    assert key() is None
