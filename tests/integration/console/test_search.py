"""What a unit finds, and by what: never by more than it may see."""

import asyncio
from typing import Any

import pytest

from builders import PAPER
from case_builders import numbered
from console_board import Board
from console_builders import claimed
from schemas.envelope import Event
from schemas.events.tip import TipReceived
from schemas.views import View
from search_builders import DESK, OPEN, added, facts, forwarded, linked, origin_of, person, proposed, received
from services import policy
from services.console.model.hits import CaseHit, TipHit
from services.policy import Narrowing

pytestmark = pytest.mark.integration
PHONE = person("", phone="0901 234 567")


async def both(board: Board, *events: Event[Any]) -> None:
    """Cases as both groups of the console read them, tips as that of the search does."""
    cases = [one for one in events if ".case." in one.envelope.type]
    if cases:
        await board.tell(*cases)
    await board.index(*events)


@pytest.mark.parametrize(
    "words", ["0901 234 567", "0901.234.567", "+84901234567", "+84 901 234 567", "0901-234-567", "0901234567"]
)
@pytest.mark.parametrize("kept", ["0901 234 567", "+84 901 234 567", "0901.234.567"])
async def test_an_identifier_is_found_however_it_is_typed(board: Board, words: str, kept: str) -> None:
    await both(board, proposed(1, said=person("", phone=kept)), proposed(2))

    assert await board.finds("qltt-79", words) == [numbered(1)]


@pytest.mark.parametrize("words", ["51F-123.45", "51f12345", "51F 12345", "51F.123.45"])
async def test_a_number_within_a_story_is_found_too(board: Board, words: str) -> None:
    await both(board, proposed(1, said=person("Xe biển số 51F-123.45 chở hàng lúc 9 giờ.")), proposed(2))

    assert await board.finds("qltt-79", words) == [numbered(1)]


@pytest.mark.parametrize(
    "words",
    ["VV/2026/C0000001", "vv/2026/c0000001", "2026/C0000001", "C0000001", str(numbered(1)), "bcd-79/2026/T0000001"],
)
async def test_a_case_is_found_by_every_number_that_pages_show_of_it(board: Board, words: str) -> None:
    await both(board, proposed(1), proposed(2))

    assert await board.finds("qltt-79", words) == [numbered(1)]


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("hoà", {1}),
        ("hòa", {1}),
        ("HOÀ", {1}),
        ("hoa", {1, 2}),
        ("nước hoa", {2, 3}),
        ("nuoc hoa", {2, 3}),
        ("thủy", {4}),
        ("thuỷ", {4}),
        ("đồng", {4}),
        ("dong", {4}),
    ],
)
async def test_marks_count_where_they_were_typed_and_not_where_they_were_not(
    board: Board, words: str, hits: set[int]
) -> None:
    texts = {1: "Hòa Bình", 2: "Nước hoa không hóa đơn", 3: "nuoc Hoa khong hoa don", 4: "Đồng hồ của bà Thuỷ"}
    await both(board, *[proposed(number, said=person(text)) for number, text in texts.items()])

    bare = {3} if words in {"hoà", "hòa", "HOÀ", "hoa"} else set()
    assert {numbered(number) for number in hits | bare} == set(await board.finds("qltt-79", words))


@pytest.mark.parametrize("words", ["shop-gia.example", "https://www.Shop-Gia.example/", "shop-gia.example/a"])
async def test_a_site_is_found_by_its_host_and_by_the_way_below_it(board: Board, words: str) -> None:
    await both(board, proposed(1, said=person("Xem https://shop-gia.example/a/b?c=1."), facts=facts()), proposed(2))

    assert await board.finds("qltt-79", words) == [numbered(1)]


async def test_every_word_must_be_there_though_in_different_events(board: Board) -> None:
    await both(board, proposed(1, said=person("đồng hồ")), proposed(2, said=person("đồng hồ")))
    await both(board, added(1, 3, said=person("Nguyễn Văn Bịa")))

    assert await board.finds("qltt-79", "đồng hồ bịa") == [numbered(1)]
    assert set(await board.finds("qltt-79", "đồng hồ")) == {numbered(1), numbered(2)}


async def test_a_narrower_view_is_found_by_what_it_shows_alone(board: Board) -> None:
    await both(board, proposed(1, {**OPEN, "tax-79": View.POINTER}, said=PHONE, facts=facts("Đồng hồ")))

    for words in ("0901234567", "đồng hồ", "kho giả định"):
        assert await board.finds("qltt-79", words) == [numbered(1)]
        assert await board.finds("bcd-79", words) == []
        assert await board.finds("tax-79", words) == []
    assert await board.finds("bcd-79", "C0000001") == [numbered(1)]
    assert await board.finds("tax-79", "C0000001") == []
    assert await board.finds("tax-79", str(numbered(1))) == [numbered(1)]
    assert await board.finds("ca-79", str(numbered(1))) == []


async def test_what_one_unit_may_see_of_a_later_event_is_no_others_to_find(board: Board) -> None:
    await both(board, proposed(1))
    await both(board, claimed(numbered(1), {"customs-79": View.FULL, "qltt-79": View.POINTER}, officer="Trần Thị Bịa"))

    assert await board.finds("customs-79", "Bịa") == [numbered(1)]
    assert await board.finds("qltt-79", "Bịa") == []


@pytest.mark.parametrize("first", ["timeline", "search"])
async def test_a_hold_hides_at_once_whichever_group_reads_it_first(board: Board, first: str) -> None:
    await both(board, proposed(1, said=PHONE), received(1, said=PHONE), forwarded(1, said=PHONE))
    assert set(await board.finds("qltt-79", "0901234567")) == {numbered(1), origin_of(1)}

    await (board.hold if first == "timeline" else board.unfind)(origin_of(1))

    for unit in (*OPEN, DESK):
        for words in ("0901234567", "C0000001", "T0000001", str(numbered(1)), str(origin_of(1))):
            assert await board.finds(unit, words) == []


@pytest.mark.parametrize("first", ["timeline", "search"])
async def test_a_case_stays_to_be_found_by_what_no_hold_took(board: Board, first: str) -> None:
    await both(board, proposed(1, said=person("đồng hồ")))
    await both(board, added(1, 2, said=person("túi xách")))
    await both(board, claimed(numbered(1), OPEN, 3, officer="Trần Thị Bịa"))
    await (board.hold if first == "timeline" else board.unfind)(origin_of(2))

    assert await board.finds("qltt-79", "túi xách") == []
    assert await board.finds("qltt-79", "T0000002") == []
    await board.unfind(origin_of(2))
    assert await board.finds("qltt-79", "đồng hồ") == [numbered(1)]
    assert await board.finds("qltt-79", "Bịa") == [numbered(1)]
    assert await board.finds("qltt-79", "túi xách") == []


@pytest.mark.parametrize("first", ["timeline", "search", "before"])
async def test_a_link_to_a_held_tip_is_held_and_the_tip_that_was_linked_is_not(board: Board, first: str) -> None:
    if first == "before":
        await board.unfind(origin_of(2))
    await both(board, received(1), received(2))
    await both(board, linked(1, to=2))
    if first != "before":
        assert [hit.state for hit in await board.find(DESK, "T0000001") if isinstance(hit, TipHit)] == ["linked"]
    await (board.hold if first == "timeline" else board.unfind)(origin_of(2))

    assert await board.finds(DESK, str(origin_of(2))) == []
    await board.unfind(origin_of(2))
    assert [hit.state for hit in await board.find(DESK, "T0000001") if isinstance(hit, TipHit)] == ["received"]


async def test_of_what_a_hold_took_no_token_is_left(board: Board) -> None:
    await both(board, proposed(1, said=PHONE), received(1, said=PHONE))
    await board.unfind(origin_of(1))
    async with board.units.begin() as uow:
        left = await uow.raw.fetch("select * from search_row")
        kept = await uow.raw.fetch("select * from search_entry")

    assert (left, kept) == ([], [])


async def test_a_desk_that_forwarded_finds_a_tip_by_its_number_and_by_what_it_sent(board: Board) -> None:
    await both(board, received(1, said=person("gọi lúc nửa đêm"), receiver="Trực ban Bịa"))
    assert await board.finds(DESK, "nửa đêm") == [origin_of(1)]
    await both(board, forwarded(1, said=person("xe tải trắng"), document=PAPER))

    assert await board.finds(DESK, "nửa đêm") == []
    assert await board.finds(DESK, "trực ban bịa") == []
    for words in ("T0000001", f"{DESK}/2026/T0000001", "xe tải", "12/CV-VPTT", str(origin_of(1))):
        assert await board.finds(DESK, words) == [origin_of(1)]
    assert await board.finds("qltt-79", "xe tải") == [origin_of(1)]


async def test_a_narrowing_of_the_policy_hides_what_was_indexed_before_it(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both(board, received(1, said=person("gọi lúc nửa đêm")))
    row = Narrowing(TipReceived.type_name(), "received", View.STATUS)
    monkeypatch.setattr(policy, "NARROWINGS", (row,))

    assert await board.finds(DESK, "nửa đêm") == []


async def test_a_tip_is_shown_with_number_state_desk_and_the_case_it_became(board: Board) -> None:
    await both(board, received(1), forwarded(1), proposed(1))
    (at_desk,) = [hit for hit in await board.find(DESK, "T0000001") if isinstance(hit, TipHit)]
    (at_lead,) = [hit for hit in await board.find("qltt-79", "T0000001") if isinstance(hit, TipHit)]

    assert (at_desk.number, at_desk.state, at_desk.desk) == (f"{DESK}/2026/T0000001", "forwarded", DESK)
    assert at_desk.case is None
    assert at_lead.case == numbered(1)
    assert at_lead.since > at_desk.since


async def test_whoever_may_read_no_case_finds_tips_alone(board: Board) -> None:
    await both(board, received(1), forwarded(1), proposed(1))

    assert [hit.id for hit in await board.find("qltt-79", "T0000001", cases=False)] == [origin_of(1)]
    assert all(isinstance(hit, CaseHit) for hit in await board.find("qltt-79", "T0000001", tips=False))


async def test_keys_are_opened_once_a_batch_and_only_where_somebody_sees_all(board: Board, database: Any) -> None:
    audited = "select purpose, cardinality(dossiers) from keys.audit where role = 'console' order by at"
    connection = await database.connect("postgres")
    await connection.execute("delete from keys.audit")
    await board.index(*[proposed(number) for number in (1, 2, 3)], proposed(4, {"bcd-79": View.FIELDS}))
    rows = await connection.fetch(audited)
    await connection.close()

    assert [tuple(row) for row in rows] == [("index", 3)]


async def test_no_word_lies_in_the_tables_of_the_search(board: Board) -> None:
    await both(board, proposed(1, said=person("Zqxjk", phone="0901234567")), received(1, said=person("Zqxjk")))
    async with board.units.begin() as uow:
        tables = ("search_row", "search_entry", "search_subject", "search_origin")
        dump = "".join([str(await uow.raw.fetch(f"select * from {table}")) for table in tables])  # noqa: S608 - names above

    assert "zqxjk" not in dump.lower()
    assert "0901234567" not in dump


async def test_a_record_can_be_forgotten_by_its_id(board: Board) -> None:
    await both(board, proposed(1))
    async with board.units.begin() as uow:
        await uow.raw.execute("delete from search_subject where id = $1", numbered(1))
        left = [await uow.raw.fetchval(f"select count(*) from {name}") for name in ("search_row", "search_entry")]  # noqa: S608 - names above

    assert left == [0, 0]


async def test_a_case_that_the_timeline_has_not_reached_yet_is_not_shown(board: Board) -> None:
    await board.index(proposed(1))
    assert await board.finds("qltt-79", "C0000001") == []

    await board.tell(proposed(1))
    assert await board.finds("qltt-79", "C0000001") == [numbered(1)]


async def test_a_hold_beside_an_event_of_what_it_holds_misses_nothing(board: Board) -> None:
    for number in range(1, 9):
        await asyncio.gather(board.index(proposed(number, said=PHONE)), board.unfind(origin_of(number)))

    async with board.units.begin() as uow:
        assert await uow.raw.fetchval("select count(*) from search_row") == 0
