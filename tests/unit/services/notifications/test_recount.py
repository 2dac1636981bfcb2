"""Case numbers without what is withheld: contiguous for whoever reads, whatever page is read."""

from dataclasses import replace
from random import Random, SystemRandom
from uuid import UUID

import pytest

from bus.identity import uuid7
from feed_builders import row_of
from schemas.events import CaseSignalAdded
from services.notifications.model.mention import Mention
from services.notifications.model.recount import Place, recounted

KIND = CaseSignalAdded.type_name()


def place(unit: str, case: UUID, number: int) -> Place:
    return Place(unit, number, Mention(KIND, case, uuid7()))


@pytest.mark.parametrize("_", range(20))
def test_what_is_left_of_a_case_is_numbered_from_one_without_holes(_: int) -> None:
    seed = SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - the seed belongs in the output of a run that failed
    chance, case = Random(seed), uuid7()
    size = chance.randint(1, 30)
    gone = {number for number in range(1, size + 1) if chance.random() < 0.4}
    left = [row_of("qltt-79", case, number) for number in range(1, size + 1) if number not in gone]
    first = chance.randint(0, len(left))

    page = recounted(left[first:], [place("qltt-79", case, number) for number in gone])

    assert [row.case_number for row in page] == list(range(first + 1, len(left) + 1))


def test_what_is_withheld_from_one_unit_or_of_one_case_changes_no_number_of_another() -> None:
    case, other = uuid7(), uuid7()
    rows = [
        row_of("ca-79", case, 3),
        row_of("qltt-79", other, 3),
        replace(row_of("qltt-79", case, 3), case_number=None),
    ]

    assert recounted(rows, [place("qltt-79", case, 1)]) == rows
