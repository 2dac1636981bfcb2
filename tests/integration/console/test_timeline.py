"""A unit is shown what each event's audience grants it today, and no count tells of the rest."""

import json
import random
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from builders import NOW, PERSONAL, event, example
from bus.identity import uuid7
from case_builders import numbered
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseProposed, CaseSignalAdded, Origin, OriginKind
from schemas.views import GRANTABLE, View
from services.console.model.sight import State

pytestmark = pytest.mark.integration

UNITS = ("customs-kv2", "qltt-79", "tax-79", "bcd-79", "ca-79", "csb-hq")
SECRETS = [one.value for one in PERSONAL.identifiers]
CASE, TIP, SIGNAL = numbered(1), numbered(2), numbered(3)
TOLD = NOW + timedelta(hours=1)
OPEN = {"customs-kv2": View.FULL, "qltt-79": View.FULL, "bcd-79": View.FIELDS}


def told(data: Any, sequence: int, audience: dict[str, View], case: UUID = CASE) -> Event[Any]:
    return event(data, subject=case, sequence=sequence, audience=audience, id=str(uuid7()))


def proposed(audience: dict[str, View], tip: UUID = TIP, case: UUID = CASE) -> Event[Any]:
    origin = Origin(kind=OriginKind.TIP, id=tip, sender="bcd-79", reference="bcd-79/2026/AAAAAAAA")
    return told(example(CaseProposed, origin=origin, personal={tip: PERSONAL}), 1, audience, case)


def added(audience: dict[str, View], sequence: int = 2) -> Event[Any]:
    origin = Origin(kind=OriginKind.SIGNAL, id=SIGNAL, sender="customs-kv2", reference="41256141")
    return told(example(CaseSignalAdded, origin=origin, personal={SIGNAL: PERSONAL}), sequence, audience)


def claimed(audience: dict[str, View], sequence: int = 3) -> Event[Any]:
    data = example(CaseClaimed, holder="customs-kv2", claimed_by="customs-kv2")
    return told(data, sequence, audience)


async def test_each_unit_sees_the_case_as_wide_as_it_was_granted_and_no_wider(board: Any) -> None:
    await board.tell(proposed(OPEN))

    full = await board.reader.case("qltt-79", CASE)
    fields = await board.reader.case("bcd-79", CASE)
    assert SECRETS[0] in json.dumps(full.entries[0].document())
    assert not [secret for secret in SECRETS if secret in json.dumps(fields.entries[0].document())]
    assert await board.reader.case("csb-hq", CASE) is None
    assert await board.listed("csb-hq") == []


async def test_a_pointer_tells_who_holds_the_case_and_nothing_that_it_says(board: Any) -> None:
    await board.tell(proposed(OPEN), claimed({"customs-kv2": View.FULL, "qltt-79": View.POINTER}))

    entry = (await board.reader.case("qltt-79", CASE)).entries[-1]
    assert (entry.view, entry.data["holder"]) == (View.POINTER, "customs-kv2")
    assert "officer" not in entry.data


async def test_a_pointer_stands_where_it_was_recorded_in_every_answer_and_keeps_when_it_happened(board: Any) -> None:
    hidden = claimed({"customs-kv2": View.FULL, "qltt-79": View.POINTER})
    long_ago = hidden.envelope.model_copy(update={"acttime": NOW.replace(year=1999), "recordedtime": TOLD})
    await board.tell(proposed(OPEN), Event(long_ago, hidden.data, hidden.audience))

    for seen in (
        (await board.reader.case("qltt-79", CASE)).entries,
        (await board.reader.page("qltt-79", CASE, lambda _: ())).entries,
        (await board.reader.page("qltt-79", CASE, lambda told: {one.id for one in told})).entries,
        (await board.reader.news("qltt-79", CASE, 0)).entries,
    ):
        assert [one.kind for one in seen] == ["case.proposed", "case.claimed"]
        assert "1999-" not in json.dumps(seen[-1].document())
        assert seen[-1].acttime == TOLD
    assert (await board.reader.case("customs-kv2", CASE)).entries[0].document()["acttime"].startswith("1999-")


async def test_the_same_event_twice_is_one_entry(board: Any) -> None:
    once = proposed(OPEN)
    await board.tell(once)
    await board.tell(once)

    assert (await board.reader.case("qltt-79", CASE)).sheet.entries == 1


async def test_display_order_is_when_it_happened_whatever_came_first(board: Any) -> None:
    late = told(example(CaseClaimed), 3, OPEN)
    early = proposed(OPEN)
    earlier = NOW.replace(day=1)
    early = Event(early.envelope.model_copy(update={"acttime": earlier}), early.data, early.audience)
    await board.tell(late)
    await board.tell(early)

    kinds = [entry.kind for entry in (await board.reader.case("qltt-79", CASE)).entries]
    assert kinds == ["case.proposed", "case.claimed"]


async def test_news_come_by_change_number_and_only_to_those_who_may_see_them(board: Any) -> None:
    await board.tell(proposed(OPEN))
    start = (await board.reader.case("qltt-79", CASE)).change
    await board.tell(claimed({"customs-kv2": View.FULL, "qltt-79": View.POINTER}))

    shown = await board.reader.news("qltt-79", CASE, start)
    hidden = await board.reader.news("bcd-79", CASE, start)
    assert [entry.kind for entry in shown.entries] == ["case.claimed"]
    assert hidden.entries == ()
    assert (await board.reader.news("qltt-79", CASE, shown.change)).entries == ()


async def test_a_held_tip_takes_the_case_that_grew_from_it_out_of_every_list_count_and_stream(board: Any) -> None:
    await board.tell(proposed(OPEN), claimed(OPEN, 2))
    start = (await board.reader.case("qltt-79", CASE)).change
    await board.hold(TIP)

    for unit in UNITS:
        assert await board.reader.case(unit, CASE) is None
        assert await board.listed(unit) == []
        assert (await board.reader.cases(unit)).overview.total == 0
    assert (await board.reader.news("qltt-79", CASE, start)).lost


async def test_a_hold_that_came_first_keeps_the_case_from_appearing_at_all(board: Any) -> None:
    await board.hold(TIP)
    await board.tell(proposed(OPEN))

    assert [unit for unit in UNITS if await board.listed(unit)] == []


async def test_what_else_a_case_grew_from_stays_when_one_tip_is_held(board: Any) -> None:
    await board.tell(proposed(OPEN), added(OPEN))
    await board.hold(TIP)

    found = await board.reader.case("qltt-79", CASE)
    assert [entry.kind for entry in found.entries] == ["case.signal_added"]
    assert found.sheet.tips == 0


async def test_the_list_counts_by_the_state_that_the_viewer_may_know(board: Any) -> None:
    await board.tell(proposed(OPEN), claimed({"customs-kv2": View.FULL}))

    assert (await board.reader.cases("customs-kv2")).overview.cases[State.CLAIMED] == 1
    assert (await board.reader.cases("qltt-79")).overview.cases[State.PROPOSED] == 1


async def test_whatever_the_audiences_no_unit_reads_more_than_it_was_granted(board: Any) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    granted: dict[str, list[View]] = {unit: [] for unit in UNITS}
    events = []
    for number in range(30):
        audience = {unit: chance.choice(GRANTABLE) for unit in UNITS if chance.random() < 0.6}
        audience = {unit: view for unit, view in audience.items() if view > View.NONE}
        for unit in UNITS:
            granted[unit].append(audience.get(unit, View.NONE))
        events.append(proposed(audience, tip=numbered(100 + number), case=numbered(200 + number)))
    await board.tell(*events)

    for unit in UNITS:
        visible = [number for number, view in enumerate(granted[unit]) if view > View.NONE]
        listing = await board.reader.cases(unit)
        assert listing.overview.total == len(visible)
        for number, view in enumerate(granted[unit]):
            found = await board.reader.case(unit, numbered(200 + number))
            assert (found is None) == (view is View.NONE)
            if found is not None:
                text = json.dumps([entry.document() for entry in found.entries])
                assert found.sheet.view is view
                assert (SECRETS[0] in text) == (view is View.FULL)
