"""Words, numbers and sites as records are found by them."""

import random
import string
import sys
import unicodedata
from typing import Literal
from uuid import UUID

import pytest

from schemas.identifiers.address.words import marked_of, plain_of
from services.console.model.query import MOST_CHARACTERS, MOST_WORDS, Query, QueryError
from services.console.model.spelling import LONGEST_JOINED, MOST_JOINED
from services.console.model.terms import Kind, Term, of_text, terms_of
from services.console.model.tokens import Tokens, meets

UNIT, TOKENS = "qltt-79", Tokens(b"s" * 32)
SYLLABLES = (
    *("hoà", "hòa", "thuỷ", "thủy", "khoẻ", "khỏe", "quý", "của", "người", "đường", "bưởi", "đỏ", "giếng", "huyền"),
    *("nghiêng", "xoáy", "uỷ", "ủy", "hoa", "duong", "do"),
)


def found(words: str, *texts: str) -> bool:
    """Whether a record with these texts is found by the words."""
    tokens = TOKENS.of(UNIT, (term for text in texts for term in of_text(text)))
    return meets(tokens, TOKENS.wanted(UNIT, Query.of(words)))


@pytest.mark.parametrize(
    ("words", "text", "hit"),
    [
        ("hoà", "hòa", True),
        ("hòa", "hoà", True),
        ("thuỷ", "Thủy", True),
        ("khoẻ", "KHỎE", True),
        ("quý", "Quý", True),
        ("hoà", "hoa", True),
        ("hoà", "hoa hồng", False),
        ("hoà", "hóa", False),
        ("hoà", "hoá", False),
        ("hoa", "hoà", True),
        ("hoa", "Hóa", True),
        ("đường", "duong", True),
        ("đường", "dường", False),
        ("đường", "đương", False),
        ("duong", "Đường", True),
        ("DUONG", "đường", True),
        ("nguyễn", "Nguyễn", True),
        ("nguyễn", "NGUYEN VAN A", True),
        ("nguyễn", "Nguyên", False),
        ("Ðồng", "đồng", True),
        ("đồng hồ", "hồ ở Đồng Nai", True),
        ("đồng hồ", "đồng", False),
        ("hồ", "hộ hố hổ ho", False),
        ("túi-xách", "Túi xách da", True),
    ],
)
def test_marks_count_where_they_were_typed(words: str, text: str, hit: bool) -> None:  # noqa: FBT001 - a column of the table
    assert found(words, text) is hit


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("0901 234 567", "+84901234567"),
        ("0901.234.567", "+84 901 234 567"),
        ("+84 901-234-567", "0901 234 567"),
        ("0084901234567", "0901234567"),
        ("(0901) 234-567", "0901234567"),
        ("1903 1234 5678 90", "19031234567890"),
        ("19031234567890", "STK 1903.1234.5678.90 của bà"),
        ("51f-123.45", "xe 51F12345"),
        ("51F 123.45", "Biển số 51F-123.45"),
        ("MSKU 123456 7", "MSKU1234567"),
        ("msku1234567", "Công-ten-nơ MSKU 123456 7"),
        ("y3om027", "Y3OM027"),
        ("12/CV-VPTT", "12/CV-VPTT"),
        ("98/2020/NĐ-CP", "98/2020/NĐ-CP"),
        ("98 2020 nđ cp", "98/2020/NĐ-CP"),
        ("gọi 0901 234 567", "Người bán bảo gọi 0901234567"),
        ("sdt 0901 234 567", "sdt: 0901.234.567"),
        ("0012345", "Tờ khai 0012345"),
        ("shop.example", "https://www.shop.example/a?b=1"),
        ("HTTPS://SHOP.example/a", "shop.example/a/b"),
        ("shop.example:443", "Xem http://shop.example."),
    ],
)
def test_identifiers_meet_however_they_are_parted(words: str, text: str) -> None:
    assert found(words, text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("12345", "0012345"),
        ("0901234568", "0901234567"),
        ("shop.example/b", "shop.example/a"),
        ("hop.example", "shop.example"),
    ],
)
def test_other_identifiers_do_not(words: str, text: str) -> None:
    assert not found(words, text)


def test_a_text_is_found_by_each_of_its_words_with_and_without_marks() -> None:
    chance = random.Random(seed := random.randrange(2**32))
    sys.stdout.write(f"seed {seed}\n")
    for _ in range(300):
        words = [chance.choice(SYLLABLES) for _ in range(chance.randrange(1, 9))]
        text = chance.choice((", ", " ", "; ", " - ")).join(words)
        form: Literal["NFC", "NFD", "NFKD"] = chance.choice(("NFC", "NFD", "NFKD"))
        for word in words:
            assert found(word.upper(), unicodedata.normalize(form, text))
            assert found(unicodedata.normalize(form, word), text)
            assert found(plain_of(word), text)


def test_a_number_is_found_however_it_is_parted_on_either_side() -> None:
    chance = random.Random(seed := random.randrange(2**32))
    sys.stdout.write(f"seed {seed}\n")
    for _ in range(300):
        number = "".join(chance.choices(string.digits, k=chance.randrange(6, 15)))
        typed, kept = _parted(number, chance), _parted(number, chance)
        assert found(typed, f"Số {kept}, hôm qua")


def _parted(number: str, chance: random.Random) -> str:
    """The number in at most five groups, with what people put between."""
    cuts = sorted(chance.sample(range(1, len(number)), chance.randrange(MOST_JOINED)))
    parts = [number[start:end] for start, end in zip([0, *cuts], [*cuts, len(number)], strict=True)]
    return chance.choice(" .-").join(parts)


def test_a_text_of_any_letters_has_a_bounded_number_of_terms() -> None:
    chance = random.Random(seed := random.randrange(2**32))
    sys.stdout.write(f"seed {seed}\n")
    for _ in range(200):
        text = "".join(chance.choices("A1 .-/ếđ\u0301中\u200b", k=400))
        found_terms = set(of_text(text))
        assert len(found_terms) <= 400 * (MOST_JOINED + 3)
        assert all(len(term.text) <= max(LONGEST_JOINED, 400) for term in found_terms)


def test_only_fields_in_which_people_write_are_words() -> None:
    cut = {"stages": ["nhap_khau"], "route": {"lead": "qltt-79"}, "facts": {"goods": [{"description": "Đồng hồ"}]}}
    terms = terms_of(UUID(int=1), cut)

    assert Term(Kind.EXACT, marked_of("đồng")) in terms
    assert not [term for term in terms if term.text in {"nhap", "qltt", "79"}]
    assert Term(Kind.FOLDED, UUID(int=1).hex) in terms


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("a" * (MOST_CHARACTERS + 1), "long"),
        ("a " * (MOST_WORDS + 1), "many"),
        ("?! …", "nothing"),
    ],
)
def test_words_that_cannot_be_searched_for_say_why(words: str, why: str) -> None:
    with pytest.raises(QueryError) as error:
        Query.of(words)

    assert error.value.why == why


def test_the_longest_query_is_still_a_short_question() -> None:
    worst = [" ".join(["84901234567"] * MOST_WORDS), "/".join("1" * 100), ("a1 " * MOST_WORDS).strip(), "đ." * 100]
    for words in worst:
        clauses = Query.of(words).clauses
        assert sum(len(clause) for clause in clauses) <= 4 * MOST_WORDS


def test_tokens_differ_from_unit_to_unit_and_with_the_pepper() -> None:
    terms = [Term(Kind.FOLDED, "hoa")]
    made = {TOKENS.of("qltt-79", terms), TOKENS.of("ca-79", terms), Tokens(b"t" * 32).of("qltt-79", terms)}

    assert len(made) == 3
    assert b"sss" not in repr(TOKENS).encode()
