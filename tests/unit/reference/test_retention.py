"""For how long personal values are kept: what the sheet may say, and from which day on."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

import reference
from schemas.reference.book import ReferenceBook
from schemas.reference.retention import Retention


def row(**changes: Any) -> Retention:
    given = {"kind": "tip", "outcome": "refused", "years": "1", "days": "0", "basis": "Luật 91/2025/QH15"}
    dated = {"valid_from": "2026-01-01", "valid_to": "", "source": "91/2025/QH15"}
    return Retention.model_validate(given | dated | changes)


@pytest.mark.parametrize(
    ("cells", "today", "before"),
    [
        ({}, date(2027, 3, 1), date(2026, 3, 1)),
        ({"years": "0", "days": "30"}, date(2027, 3, 1), date(2027, 1, 30)),
        ({"years": "1", "days": "1"}, date(2027, 3, 1), date(2026, 2, 28)),
        ({"years": "1"}, date(2028, 2, 29), date(2027, 2, 28)),
        ({"years": "4"}, date(2028, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_matter_is_kept_for_whole_years_and_days_after_its_end(cells: Any, today: date, before: date) -> None:
    assert row(**cells).ended_before(today) == before


@pytest.mark.parametrize(
    "cells",
    [
        {"years": "0", "days": "0"},
        {"years": "-1"},
        {"years": "1.5"},
        {"outcome": "forgotten"},
        {"kind": "signal", "outcome": "refused"},
        {"basis": " "},
        {"kind": "people"},
    ],
)
def test_a_row_that_cannot_be_meant_is_refused(cells: Any) -> None:
    with pytest.raises(ValidationError):
        row(**cells)


def test_the_sheet_that_ships_names_every_end_once_and_says_that_its_numbers_are_to_be_decided() -> None:
    rows = ReferenceBook.load(reference.folder()).retention_at(date(2026, 11, 24))

    ends = {(one.kind.value, one.outcome) for one in rows}
    assert ends == {("signal", "closed"), *(("tip", end) for end in ("refused", "advised", "linked", "closed"))}
    assert len(rows) == len(ends)
    assert all(one.note.startswith("CONFIG") for one in rows)
