"""Problems have stable types and can be read in both languages."""

import re

import pytest

from schemas.problems import CLAIM_LOST, PROBLEMS, ProblemType, Words, catalogue

VIETNAMESE = re.compile("[à-ỹđ]", re.IGNORECASE)


@pytest.mark.parametrize("kind", PROBLEMS.values(), ids=lambda kind: kind.slug)
def test_a_problem_type_is_named_by_its_slug_and_told_in_both_languages(kind: ProblemType) -> None:
    assert kind.uri == f"urn:phoihop:problem:{kind.slug}"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.slug)
    assert 400 <= kind.status <= 599
    for words in (kind.title, kind.meaning, kind.remedy):
        assert words.vi != words.en
        assert words.en.isascii() or "–" in words.en
    assert VIETNAMESE.search(kind.title.vi + kind.meaning.vi)
    assert all(sentence.endswith(".") for words in (kind.meaning, kind.remedy) for sentence in words)


def test_an_occurrence_says_its_meaning_and_remedy_unless_told_better() -> None:
    plain, told = CLAIM_LOST.problem(), CLAIM_LOST.problem(vi="Chi cục 79 đã thụ lý.", en="qltt-79 claimed it.")

    assert (plain.slug, plain.status, plain.uri) == ("claim-lost", 409, "urn:phoihop:problem:claim-lost")
    assert plain.en == f"{CLAIM_LOST.meaning.en} {CLAIM_LOST.remedy.en}"
    assert (told.vi, told.en) == ("Chi cục 79 đã thụ lý.", "qltt-79 claimed it.")


def test_two_types_cannot_claim_one_slug() -> None:
    words = Words("một", "one")
    other = ProblemType("claim-lost", 400, words, words, words)

    with pytest.raises(ValueError, match="claim-lost"):
        catalogue([CLAIM_LOST, other])
