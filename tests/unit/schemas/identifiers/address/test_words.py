"""How a typed address is cut into words, and which kind of unit is written before a name."""

import unicodedata

import pytest

from schemas.identifiers.address.named import Named, Vintage, kind_before
from schemas.identifiers.address.words import words_of


def plain(text: str) -> list[str]:
    return [word.plain for word in words_of(text)]


def test_letters_and_digits_are_parted_and_numbers_lose_leading_zeros() -> None:
    assert plain("Q1, P.012") == ["q", "1", "p", "12"]


def test_every_spelling_of_one_word_is_one_word() -> None:
    spelt = ("hòa", "hoà", "HÒA", unicodedata.normalize("NFD", "hoà"))
    assert len({word.marked for typed in spelt for word in words_of(typed)}) == 1


def test_another_letter_or_tone_is_another_word() -> None:
    assert len({words_of(typed)[0].marked for typed in ("hòa", "hóa", "hoa", "hơa")}) == 4


@pytest.mark.parametrize("typed", ["Đống Đa", "Ðống Ða", "ðống ða", "đống đa"])
def test_every_form_of_the_letter_is_the_vietnamese_one(typed: str) -> None:
    assert [word.marked for word in words_of(typed)] == [word.marked for word in words_of("đống đa")]


def test_a_comma_parts_hard_and_a_dash_between_spaces_softly() -> None:
    parted = [(word.plain, word.begins, word.hard) for word in words_of("A B, C - D-E")]
    assert parted == [
        ("a", True, True),
        ("b", False, False),
        ("c", True, True),
        ("d", True, False),
        ("e", False, False),
    ]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Thị xã Sơn Tây", "thixa"),
        ("Tx. Sơn Tây", "thixa"),
        ("xã Sơn Tây", "xa"),
        ("T.P. Huế", "thanhpho"),
        ("P 12", "phuong"),
        ("12 H Nguyễn", ""),
        ("12, H Nguyễn", "huyen"),
        ("12 H. Nguyễn", "huyen"),
        ("xã, Nguyễn", ""),
    ],
)
def test_a_kind_is_read_before_a_name_and_a_stray_letter_is_none(typed: str, kind: str) -> None:
    words = words_of(typed)
    first = next(at for at, word in enumerate(words) if word.plain in {"son", "hue", "nguyen"} or at == len(words) - 1)
    assert kind_before(words, first)[0] == kind


def test_a_published_name_is_parted_into_kind_and_name() -> None:
    named = Named.of("00001", "Thị trấn Phùng", "001", Vintage.OLD)
    assert (named.kind, named.plain) == ("thitran", "phung")
    assert Named.of("26740", "Phường Văn Miếu - Quốc Tử Giám", "01", Vintage.NEW).plain == "vanmieuquoctugiam"
