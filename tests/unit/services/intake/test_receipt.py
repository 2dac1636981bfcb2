"""The receipt: derived, readable, and honest about typing errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.receipt import ALPHABET, MistypedReceiptError, Receipt

PEPPER = b"pepper" * 6
KEYS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=16, max_size=40)


def test_a_retry_with_the_same_key_shows_the_same_receipt() -> None:
    first = Receipt.derive(PEPPER, "/units/phoihop/public", "form-0001-aaaaaaaa")
    again = Receipt.derive(PEPPER, "/units/phoihop/public", "form-0001-aaaaaaaa")
    assert str(first) == str(again)
    assert first.hash == again.hash


def test_two_desks_that_use_the_same_key_give_different_receipts() -> None:
    assert Receipt.derive(PEPPER, "/units/bcd-01/http", "k1") != Receipt.derive(PEPPER, "/units/bcd-79/http", "k1")


def test_another_pepper_gives_another_receipt() -> None:
    assert Receipt.derive(PEPPER, "s", "k") != Receipt.derive(b"other" * 8, "s", "k")


@given(KEYS)
def test_what_is_shown_can_be_typed_back_in_lower_case_without_hyphens(key: str) -> None:
    receipt = Receipt.derive(PEPPER, "s", key)
    assert [len(group) for group in str(receipt).split("-")] == [4, 4, 4, 4, 1]
    assert Receipt.read(str(receipt).lower().replace("-", " ")) == receipt


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    typed = next(
        text for text in (str(Receipt.derive(PEPPER, "s", str(n))) for n in range(1000)) if "0" in text and "1" in text
    )
    assert Receipt.read(typed.replace("0", "o").replace("1", "l")) == Receipt.read(typed)


@given(KEYS, st.integers(0, 16), st.integers(1, 31))
def test_every_single_wrong_character_is_noticed(key: str, place: int, shift: int) -> None:
    good = Receipt.derive(PEPPER, "s", key).characters
    wrong = ALPHABET[(ALPHABET.index(good[place]) + shift) % 32]
    with pytest.raises(MistypedReceiptError):
        Receipt.read(good[:place] + wrong + good[place + 1 :])


@given(KEYS, st.integers(0, 16), st.integers(0, 16))
def test_every_swap_of_two_different_characters_is_noticed(key: str, one: int, other: int) -> None:
    characters = list(Receipt.derive(PEPPER, "s", key).characters)
    if characters[one] == characters[other]:
        return
    characters[one], characters[other] = characters[other], characters[one]
    with pytest.raises(MistypedReceiptError):
        Receipt.read("".join(characters))


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 17, "é" * 17, "0" * 18])
def test_what_is_no_receipt_is_called_mistyped(typed: str) -> None:
    with pytest.raises(MistypedReceiptError):
        Receipt.read(typed)
