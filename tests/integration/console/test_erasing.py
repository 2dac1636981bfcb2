"""What was erased is shown by no page and found by no word, whether its end is read first or last."""

from collections.abc import Sequence
from itertools import count, permutations
from typing import Any

import pytest

from case_builders import numbered
from console_board import Board
from console_builders import claimed
from schemas.envelope import Event
from search_builders import DESK, OPEN, added, origin_of, person, proposed, received
from services.console.model.seen import Seen

pytestmark = pytest.mark.integration
PHONE, OTHER = person("", phone="0901 234 567"), person("", phone="0902 345 678")
UNIT = "qltt-79"
NUMBERS = count(100, 10)
TABLES = {
    "search_row": "unit, subject_id",
    "search_entry": "subject_id, event_id, unit",
    "search_subject": "id",
    "search_origin": "id",
}


@pytest.fixture
def number() -> int:
    """A case of this test alone: the tombstone of a tip stays, so no second test may have the same one."""
    return next(NUMBERS)


async def told(board: Board, *events: Event[Any]) -> None:
    """The events as both groups of the console read them."""
    await board.tell(*events)
    await board.index(*events)


async def entries(board: Board, number: int) -> list[Seen]:
    found = await board.reader.case(UNIT, numbered(number))
    assert found is not None
    return list(found.entries)


async def tables(board: Board) -> dict[str, list[tuple[Any, ...]]]:
    """All that the search keeps."""
    async with board.units.begin() as uow:
        return {
            name: [tuple(row) for row in await uow.raw.fetch(f"select * from {name} order by {order}")]  # noqa: S608 - of TABLES
            for name, order in TABLES.items()
        }


async def test_a_page_that_is_asked_for_after_the_end_shows_erased_though_the_key_was_remembered(
    board: Board, number: int
) -> None:
    await told(board, proposed(number, said=PHONE))
    (before,) = await entries(board, number)
    assert "0901 234 567" in str(before.data)

    await board.erase(origin_of(number))

    (after,) = await entries(board, number)
    assert "0901 234 567" not in str(after.data)
    assert after.data["erased"] == [str(origin_of(number))]


async def test_what_one_dossier_brought_to_a_case_goes_and_the_rest_of_it_is_found_as_before(
    board: Board, number: int
) -> None:
    case = numbered(number)
    await told(board, proposed(number, said=PHONE), added(number, number + 1, said=OTHER), claimed(case, OPEN, 3))
    assert await board.finds(UNIT, "0901234567") == [case]

    await board.erase(origin_of(number))

    assert await board.finds(UNIT, "0901234567") == []
    assert await board.finds(UNIT, "0902345678") == [case]


async def test_an_erased_tip_is_found_by_its_desk_by_nothing(board: Board, number: int) -> None:
    await board.index(received(number, said=PHONE))
    assert await board.finds(DESK, "0901234567") == [origin_of(number)]

    await board.erase(origin_of(number))

    assert await board.finds(DESK, "0901234567") == []
    assert (await tables(board))["search_subject"] == []


async def test_an_event_that_comes_after_the_end_is_not_indexed_though_it_can_still_be_opened(
    board: Board, number: int
) -> None:
    """The end travels on the tip's topic, the case's event on another, and a batch may have had the key in hand."""
    await board.erased(origin_of(number))

    await board.index(proposed(number, said=PHONE), received(number, said=PHONE))

    assert await board.finds(UNIT, "0901234567") == []
    assert (await tables(board))["search_entry"] == []


async def test_the_index_made_anew_after_an_erasure_is_the_live_one_in_any_order_across_topics(
    board: Board, number: int
) -> None:
    case = await board.sealed(proposed(number, said=PHONE), added(number, number + 1, said=OTHER))
    tip = await board.sealed(received(number, said=PHONE))
    await _index(board, tip)
    await _index(board, case)
    await board.erase(origin_of(number))
    live = await tables(board)
    assert (
        await board.finds(UNIT, "0902345678") == []
    )  # not in the timelines, which confirm: only the tables count here
    assert len(live["search_entry"]) == 3

    for order in permutations(("tip", "case")):
        async with board.units.begin() as uow:
            await uow.raw.execute(f"truncate {', '.join(TABLES)}")
        for topic in order:
            await _index(board, tip if topic == "tip" else case)
            if topic == "tip":
                await board.erased(origin_of(number))
        assert await tables(board) == live


async def _index(board: Board, travelling: Sequence[Event[Any]]) -> None:
    async with board.units.begin() as uow:
        await board.indexing.add(travelling, uow)


async def test_a_live_page_that_shows_the_values_is_told_to_read_anew_and_one_that_shows_none_is_not(
    board: Board, number: int
) -> None:
    case = numbered(number)
    await told(board, proposed(number, said=PHONE))
    read = await board.reader.case(UNIT, case)
    assert read is not None

    await board.erase(origin_of(number))

    assert (await board.reader.news(UNIT, case, read.change)).lost
    assert not (await board.reader.news("bcd-79", case, read.change)).lost
    again = await board.reader.case(UNIT, case)
    assert again is not None
    assert not (await board.reader.news(UNIT, case, again.change)).lost


async def test_the_end_of_a_case_takes_that_case_out_of_the_search(board: Board, number: int) -> None:
    await told(board, proposed(number, said=PHONE), proposed(number + 1, said=OTHER))

    await board.erased(numbered(number))

    assert await board.finds(UNIT, str(numbered(number))) == []
    assert await board.finds(UNIT, str(numbered(number + 1))) == [numbered(number + 1)]
