"""Which language a reader asked for."""

import pytest

from services.runtime.language import language


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "vi"),
        ("", "vi"),
        ("vi-VN,vi;q=0.9,en-US;q=0.6", "vi"),
        ("en-US,en;q=0.9", "en"),
        ("en-GB, vi;q=0.5", "en"),
        ("en;q=0.5, vi;q=0.5", "vi"),
        ("fr, de;q=0.5", "vi"),
        ("en;q=not-a-number", "vi"),
        ("en;q=7, vi", "vi"),
        ("*", "vi"),
    ],
)
def test_vietnamese_unless_english_is_clearly_preferred(accept: str | None, expected: str) -> None:
    assert language(accept) == expected
