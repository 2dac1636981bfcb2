"""The page of problem types says what the types say."""

from schemas.problems import PROBLEMS
from schemas.problems.page import PAGE, text


def test_the_page_is_that_of_the_types_and_names_each_of_them() -> None:
    page = PAGE.read_text("utf-8")

    assert page == text(), "run python -m schemas.problems.page"
    assert [kind.uri for kind in PROBLEMS.values() if f"`{kind.uri}`" not in page] == []
