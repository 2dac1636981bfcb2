"""The list of cases: its tabs, filters and pages, each told by nothing but what the viewer may see."""

import importlib.util
import json
import random
import re
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from builders import FACTS, PERSONAL, ROUTE, example
from bus.identity import system_clock
from case_builders import book, numbered
from console_builders import told
from console_house import House
from runtime_builders import problem
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed, CaseSignalAdded, Origin, OriginKind
from schemas.facts import Place
from schemas.views import GRANTABLE, View
from services import console
from services.console.api.asking import wanted
from services.console.handlers.listing import PAGE
from services.console.model.board import SILENT_DAYS, Asked, Tab

pytestmark = pytest.mark.integration

OPEN = dict.fromkeys(("customs-79", "qltt-79", "tax-79"), View.FULL) | {"bcd-79": View.FIELDS}
POINTED = {"customs-79": View.FULL, "qltt-79": View.POINTER, "tax-79": View.POINTER, "bcd-79": View.FIELDS}
LONG_AGO = timedelta(days=SILENT_DAYS + 3)


def proposed(
    number: int,
    audience: Mapping[str, View] = OPEN,
    *,
    province: str = "79",
    stages: tuple[str, ...] = ("nhap_khau",),
    at: datetime | None = None,
) -> Event[Any]:
    moment = at or system_clock()
    origin = Origin(kind=OriginKind.TIP, id=numbered(1000 + number), sender="bcd-79", reference=f"ref-{number}")
    facts = FACTS.model_copy(update={"place": Place(province=province), "stages": stages})
    data = example(CaseProposed, origin=origin, route=ROUTE, facts=facts, personal={origin.id: PERSONAL})
    return told(data, numbered(number), 1, audience, acttime=moment, recordedtime=moment)


def claimed(number: int, audience: Mapping[str, View] = POINTED, at: datetime | None = None) -> Event[Any]:
    moment = at or system_clock()
    data = example(CaseClaimed, offered=("qltt-79", "tax-79"))
    return told(data, numbered(number), 2, audience, acttime=moment, recordedtime=moment)


def closed(number: int) -> Event[Any]:
    return told(example(CaseClosed), numbered(number), 3, POINTED, recordedtime=system_clock())


async def found(board: Any, unit: str, **asked: Any) -> list[int]:
    listing = await board.reader.cases(unit, Asked(**asked))
    return [next(number for number in range(1, 200) if numbered(number) == one.case_id) for one in listing.cases]


async def test_each_tab_holds_as_many_rows_as_its_count_says(board: Any) -> None:
    await board.tell(*[proposed(number) for number in range(1, 6)], *[claimed(number) for number in (1, 2, 3)])
    await board.tell(closed(3))

    for unit in OPEN:
        for tab in Tab:
            listing = await board.reader.cases(unit, Asked(tab=tab))
            assert len(listing.cases) == listing.overview.tabs[tab]
    assert sorted(await found(board, "customs-79", tab=Tab.CLAIMED)) == [1, 2]
    assert await found(board, "customs-79", tab=Tab.CLOSED) == [3]


async def test_mine_are_open_cases_that_the_unit_leads_or_was_named_for(board: Any) -> None:
    await board.tell(proposed(1), proposed(2), claimed(2), proposed(3), claimed(3), closed(3))

    assert await found(board, "customs-79", tab=Tab.MINE) == [2]
    assert await found(board, "qltt-79", tab=Tab.MINE) == [2]
    assert await found(board, "bcd-79", tab=Tab.MINE) == []


async def test_silent_is_what_showed_the_viewer_nothing_for_days_whatever_others_saw(board: Any) -> None:
    before = system_clock() - LONG_AGO
    earlier = before - timedelta(days=2)
    await board.tell(proposed(1, at=before), proposed(2, at=earlier), proposed(3))
    await board.tell(claimed(1, {"customs-79": View.FULL}))

    assert await found(board, "qltt-79", tab=Tab.SILENT) == [2, 1]
    assert await found(board, "customs-79", tab=Tab.SILENT) == [2]


async def test_filters_pass_what_the_viewer_sees_and_all_of_them_must_pass(board: Any) -> None:
    await board.tell(
        proposed(1), proposed(2, province="01"), proposed(3, stages=("quang_cao",)), proposed(4, at=_days(30))
    )

    assert sorted(await found(board, "qltt-79", province="79")) == [1, 3, 4]
    assert await found(board, "qltt-79", stage="quang_cao") == [3]
    assert await found(board, "qltt-79", stage="quang_cao", province="01") == []
    assert sorted(await found(board, "qltt-79", since=_days(7).date())) == [1, 2, 3]
    assert len(await found(board, "qltt-79", units=frozenset({"tax-79"}))) == 4
    assert await found(board, "qltt-79", units=frozenset({"ca-79"})) == []


async def test_a_pointer_is_found_by_its_holder_and_by_nothing_that_it_hides(board: Any) -> None:
    await board.tell(proposed(1, {"customs-79": View.FULL, "ca-79": View.POINTER}), claimed(1))

    assert await found(board, "ca-79", units=frozenset({"customs-79"})) == [1]
    for asked in ({"province": "79"}, {"stage": "nhap_khau"}, {"units": frozenset({"tax-79"})}):
        assert await found(board, "ca-79", **asked) == []
        assert await found(board, "customs-79", **asked) == [1]


async def test_a_hold_takes_with_it_what_its_tip_alone_told(board: Any) -> None:
    first = proposed(1)
    signal = Origin(kind=OriginKind.SIGNAL, id=numbered(70), sender="customs-79")
    placeless = FACTS.model_copy(update={"place": None})
    added = example(CaseSignalAdded, origin=signal, route=ROUTE, facts=placeless)
    await board.tell(first, told(added, numbered(1), 2, OPEN))
    await board.hold(numbered(1001))

    assert await found(board, "qltt-79") == [1]
    assert await found(board, "qltt-79", province="79") == []


async def test_pages_follow_each_other_without_a_row_twice_or_left_out(board: Any) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance, now = random.Random(seed), system_clock()
    moments = [now - timedelta(hours=chance.randrange(60 * 24)) for _ in range(2 * PAGE + 7)]
    await board.tell(*[proposed(number, at=moment) for number, moment in enumerate(moments, 1)])

    for tab in (Tab.ALL, Tab.PROPOSED, Tab.SILENT):
        seen: list[UUID] = []
        listing = await board.reader.cases("qltt-79", Asked(tab=tab))
        seen += [one.case_id for one in listing.cases]
        if tab is Tab.ALL:
            # What comes in meanwhile stands on the first page, and moves no later one.
            await board.tell(proposed(150))
        while listing.next:
            listing = await board.reader.cases("qltt-79", Asked(tab=tab), listing.next)
            seen += [one.case_id for one in listing.cases]
        assert len(seen) == len(set(seen))
        assert len(seen) == listing.overview.tabs[tab] - (1 if tab is Tab.ALL else 0)


async def test_whatever_the_audiences_counts_and_filters_tell_of_visible_cases_alone(board: Any) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance, units = random.Random(seed), ("customs-79", "qltt-79", "bcd-79", "csb-hq")
    rows: list[tuple[int, dict[str, View], str]] = []
    for number in range(1, 24):
        audience = {unit: chance.choice(GRANTABLE[1:]) for unit in units if chance.random() < 0.5}
        rows.append((number, audience, chance.choice(("79", "01"))))
    await board.tell(*[proposed(number, audience, province=place) for number, audience, place in rows])

    for unit in units:
        visible = {number for number, audience, _ in rows if unit in audience}
        there = {number for number, audience, place in rows if audience.get(unit, 0) > 1 and place == "01"}
        assert set(await found(board, unit)) == visible
        assert set(await found(board, unit, province="01")) == there
        filtered = await board.reader.cases(unit, Asked(province="01"))
        assert filtered.overview.total == len(there)


async def test_a_list_opens_nobodys_key(board: Any, database: Any) -> None:
    await board.tell(proposed(1))
    connection = await database.connect("postgres")
    count = "select count(*) from keys.audit where role = 'console'"
    before = await connection.fetchval(count)
    await board.reader.cases("qltt-79")
    after = await connection.fetchval(count)
    await connection.close()

    assert before == after


async def test_cases_of_before_the_labels_get_those_that_new_ones_have(board: Any) -> None:
    await board.tell(*[proposed(number) for number in (1, 2, 3, 4)], claimed(2), claimed(3), closed(3))
    await board.tell(proposed(5, {"customs-79": View.POINTER, "qltt-79": View.FULL}))
    await board.hold(numbered(1004))
    kept = "select unit, case_id, labels, part from sight order by unit, case_id"
    async with board.units.begin() as uow:
        projected = await uow.raw.fetch(kept)
        await uow.raw.execute("update sight set labels = '{}', part = 0")
        await uow.raw.execute(_migration().LABELLED)
        filled = await uow.raw.fetch(kept)

    assert filled == projected
    assert {row["part"] for row in filled} == {0, 1, 2}


async def test_the_page_keeps_a_filter_over_its_tabs_and_pages(board: Any, house: House) -> None:
    await board.tell(*[proposed(number) for number in range(1, PAGE + 3)])

    page = (await house.page("/cases?province=79&unit=market_surveillance&state=proposed", "qltt-79")).text
    assert re.search(rf"<h1>{PAGE + 2} cases pass the filter</h1>", page)
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    address = following[1].replace("&amp;", "&")
    assert "province=79" in address
    assert "unit=market_surveillance" in address
    assert "state=proposed" in address
    assert (await house.page(address, "qltt-79")).text.count('class="clock"') == 2


async def test_a_filter_that_means_nothing_is_said_and_left_out_and_refused_to_programs(
    board: Any, house: House
) -> None:
    await board.tell(proposed(1))

    page = await house.page("/cases?province=xx&since=gestern", "qltt-79")
    assert page.status_code == 200
    assert "No such province" in page.text
    assert "Not a day" in page.text
    assert page.text.count('class="clock"') == 1
    for query in ("state=x", "province=xx", "stage=x", "unit=x", "since=x"):
        answer = problem(await house.twin(f"/api/cases?{query}", "qltt-79"), "malformed", 422)
        assert answer["errors"][0]["pointer"] == f"#/{query.partition('=')[0]}"


async def test_a_row_of_a_pointer_names_whom_to_ask_and_nothing_else(board: Any, house: House) -> None:
    await board.tell(proposed(1, {"customs-79": View.FULL}), claimed(1, {"qltt-79": View.POINTER}))

    page = (await house.page("/cases", "qltt-79")).text
    assert "you see only that a record exists" in page
    assert "number hidden" in page
    twin = (await house.twin("/api/cases", "qltt-79")).json()
    assert (twin["cases"][0]["view"], twin["cases"][0]["case_no"]) == ("pointer", None)
    assert "Túi xách" not in json.dumps(twin, ensure_ascii=False)


def test_an_agency_stands_for_every_unit_that_it_ever_had() -> None:
    words = {"state": "", "unit": "customs", "province": "", "stage": "", "since": "24/11/2026"}
    asked = wanted(words, book(), system_clock().date()).asked
    assert {"customs-hq", "customs-kv1"} < asked.units
    assert not [code for code in asked.units if not code.startswith("customs-")]
    assert asked.since is not None
    assert asked.since.isoformat() == "2026-11-24"


def _days(count: int) -> datetime:
    return system_clock() - timedelta(days=count)


def _migration() -> ModuleType:
    path = Path(console.__file__).parent / "migrations/0002_board.py"
    spec = importlib.util.spec_from_file_location("board_migration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
