"""Live streams over real timelines: resumed where they broke, cut like the page, told of what is withdrawn."""

import asyncio
import json
from typing import Any

import pytest

from case_builders import numbered
from console_builders import HELD_BY, claimed, grown
from console_house import House
from schemas.views import View

pytestmark = pytest.mark.integration

CASE, TIP, OTHER_TIP = numbered(1), numbered(2), numbered(3)
OPEN = {"customs-kv2": View.FULL, "qltt-79": View.FULL, "bcd-79": View.FIELDS}
POINTER = {"customs-kv2": View.FULL, "qltt-79": View.POINTER}


async def test_a_stream_goes_on_behind_the_last_event_that_was_heard(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, OPEN))
    (first,) = await house.streamed(f"/cases/{CASE}/stream", "qltt-79", 1)
    await board.tell(claimed(CASE, POINTER))
    (second,) = await house.streamed(f"/cases/{CASE}/stream", "qltt-79", 1, last=first["id"])

    assert int(second["id"]) > int(first["id"])
    told = json.loads(second["data"])
    assert len(told["entries"]) == 1
    assert "Hidden:" in told["entries"][0]["html"]
    assert told["count"] == 2


async def test_an_open_page_hears_of_a_hold_and_of_nothing_that_others_see(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, OPEN), grown(CASE, OTHER_TIP, OPEN, 2))
    since = (await board.reader.case("qltt-79", CASE)).change
    hearing = asyncio.create_task(house.streamed(f"/cases/{CASE}/stream?since={since}", "qltt-79", 1))
    await board.tell(claimed(CASE, {HELD_BY: View.FULL}, 3))
    await board.hold(TIP)

    assert [event["event"] for event in await hearing] == ["lost"]


async def test_the_list_counts_new_things_of_seen_cases_alone(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, OPEN))
    await board.tell(grown(numbered(9), OTHER_TIP, {"customs-kv2": View.FULL}))
    (news,) = await house.streamed("/cases/stream?since=0", "qltt-79", 1)

    assert json.loads(news["data"]) == {"n": 1}
