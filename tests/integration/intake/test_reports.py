"""Lists of reported sites at a desk: what is taken, what is noted, what is refused, and that nothing is done twice."""

import asyncio
import hashlib
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus.database import Database
from intake_builders import Http, Tokens
from schemas.reported.chunks import ListedFile, examined
from schemas.reported.rows import Field, Format, Reading

LIST = (
    "a.example\nHTTP://WWW.A.example:80/#x\nb.example/path\n\n  \n"
    "không có trang nào\nhttps://b.example/path/\nwww.a.example.\n"
).encode()


@pytest.fixture(autouse=True)
async def nothing_yet(store: Database) -> None:
    """Counts are those of a desk, so each test begins with desks that have nothing."""
    async with store.autocommit() as raw:
        await raw.execute("truncate tip, reported_site, imported_list, report_note, report_refusal, outbox")


def listed(content: bytes, reading: Reading | None = None, name: str = "list.txt") -> ListedFile:
    return examined(lambda: BytesIO(content), name, reading or Reading())


async def begin(intake: Http, token: str, file: ListedFile) -> dict[str, Any]:
    answer = await intake.post("/desk/lists", file.listed(), token)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def send(intake: Http, token: str, list_id: str, chunk: dict[str, Any]) -> dict[str, Any]:
    answer = await intake.post(f"/desk/lists/{list_id}/rows", chunk, token)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def imported(intake: Http, token: str, content: bytes, reading: Reading | None = None) -> dict[str, Any]:
    file = listed(content, reading)
    state = await begin(intake, token, file)
    for chunk in file.chunks(state["last_line"]):
        state = await send(intake, token, state["list_id"], chunk)
    return state


def counts(state: dict[str, Any]) -> tuple[int, int, int, int]:
    return state["read"], state["taken"], state["linked"], state["refused"]


async def tips_of(intake: Http, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await intake.get("/desk/tips?limit=200", token)).json()["tips"]
    return found


async def test_each_site_becomes_one_tip_left_received_and_a_repeat_is_noted_on_it(intake: Http, operator: str) -> None:
    state = await imported(intake, operator, LIST)
    assert counts(state) == (6, 2, 3, 1)
    assert state["finished_at"] is not None
    tips = await tips_of(intake, operator)
    assert [tip["state"] for tip in tips] == ["received", "received"]
    noted = [(await intake.get(f"/desk/tips/{tip['tip_id']}/reports", operator)).json() for tip in tips]
    assert [[note["line"] for note in notes] for notes in noted] == [[2, 8], [7]]


async def test_each_tip_is_told_to_the_desk_alone_with_the_site_as_it_was_typed(
    intake: Http, operator: str, published: Any
) -> None:
    await imported(intake, operator, LIST)
    first, second = await tips_of(intake, operator)
    for tip, site in ((first, "a.example"), (second, "b.example/path")):
        [event] = await published(tip["tip_id"])
        assert event.data.KIND == "tip.received"
        assert list(event.audience) == ["bcd-79"]
        assert event.data.recording_ref == f"list.txt:{1 if site == 'a.example' else 3}"
        [identifier] = event.data.personal[UUID(tip["tip_id"])].identifiers
        assert (identifier.kind, identifier.value) == ("site", site)


async def test_a_refused_line_is_told_with_its_number_and_reason(intake: Http, operator: str) -> None:
    state = await imported(intake, operator, LIST)
    page = (await intake.get(f"/desk/lists/{state['list_id']}/refused", operator)).json()
    assert [(row["line"], row["reason"]) for row in page["refused"]] == [(6, "no_site")]
    assert "names no host" in page["refused"][0]["en"]


async def test_the_same_file_again_is_the_same_list_and_changes_nothing(intake: Http, operator: str) -> None:
    once = await imported(intake, operator, LIST)
    again = await begin(intake, operator, listed(LIST))
    assert again == {**once, "begun": False}
    for chunk in listed(LIST).chunks(0):
        assert await send(intake, operator, once["list_id"], chunk) == once
    assert len(await tips_of(intake, operator)) == 2


async def test_a_chunk_that_is_sent_twice_counts_once_and_an_interrupted_list_goes_on(
    intake: Http, operator: str
) -> None:
    content = b"".join(b"s%d.example\n" % (number % 700) for number in range(1200))
    file = listed(content)
    state = await begin(intake, operator, file)
    first, *_ = file.chunks(0)
    await send(intake, operator, state["list_id"], first)
    halfway = await send(intake, operator, state["list_id"], first)
    assert (halfway["last_line"], halfway["read"], halfway["finished_at"]) == (500, 500, None)
    resumed = await imported(intake, operator, content)
    assert counts(resumed) == (1200, 700, 500, 0)


async def test_rows_left_out_before_a_chunk_are_asked_for(intake: Http, operator: str) -> None:
    content = b"".join(b"s%d.example\n" % number for number in range(1200))
    file = listed(content)
    state = await begin(intake, operator, file)
    _, second, *_ = file.chunks(0)
    answer = await intake.post(f"/desk/lists/{state['list_id']}/rows", second, operator)
    assert answer.status_code == 409
    assert "up to line 0" in answer.json()["en"]


async def test_two_imports_of_the_same_file_at_once_give_the_same_total_and_double_nothing(
    intake: Http, operator: str
) -> None:
    content = b"".join(b"s%d.example\n" % (number % 900) for number in range(1800))
    both = await asyncio.gather(imported(intake, operator, content), imported(intake, operator, content))
    assert [counts(state) for state in both] == [(1800, 900, 900, 0)] * 2
    assert both[0]["list_id"] == both[1]["list_id"]


async def test_two_files_at_once_that_share_sites_make_one_tip_of_each(intake: Http, operator: str) -> None:
    one = b"".join(b"s%d.example\n" % number for number in range(600))
    other = b"".join(b"www.s%d.example\n" % number for number in range(600))
    both = await asyncio.gather(imported(intake, operator, one), imported(intake, operator, other))
    assert sum(state["taken"] for state in both) == 600
    assert sum(state["linked"] for state in both) == 600


async def test_another_desk_learns_nothing_of_a_list_nor_of_its_sites(
    intake: Http, operator: str, token: Tokens
) -> None:
    mine = await imported(intake, operator, LIST)
    elsewhere = token("vptt-389", "operator")
    theirs = await imported(intake, elsewhere, LIST)
    assert counts(theirs) == counts(mine)
    assert theirs["list_id"] != mine["list_id"]
    unknown = await intake.get(f"/desk/lists/{uuid4()}", elsewhere)
    for path in ("", "/refused"):
        answer = await intake.get(f"/desk/lists/{mine['list_id']}{path}", elsewhere)
        assert answer.status_code == unknown.status_code == 404
        assert {**answer.json(), "instance": ""} == {**unknown.json(), "instance": ""}


async def test_a_tip_that_was_held_since_is_as_if_it_had_never_been_there(intake: Http, operator: str) -> None:
    await imported(intake, operator, b"a.example\n")
    [tip] = await tips_of(intake, operator)
    hold = {"named_units": ["qltt-79"], "reason": "nêu tên cán bộ"}
    assert (await intake.post(f"/desk/tips/{tip['tip_id']}/hold", hold, operator)).status_code == 200
    assert (await intake.get(f"/desk/tips/{tip['tip_id']}/reports", operator)).status_code == 404
    later = await imported(intake, operator, b"www.a.example\nA.example\n")
    assert counts(later) == (2, 1, 1, 0)


async def test_who_is_no_operator_of_a_desk_may_not_import(intake: Http, token: Tokens) -> None:
    for unit, role in (("bcd-79", "officer"), ("qltt-79", "operator")):
        answer = await intake.post("/desk/lists", listed(LIST).listed(), token(unit, role))
        assert answer.status_code == 403


async def test_formulas_and_what_cannot_be_read_of_a_sheet(intake: Http, operator: str) -> None:
    sheet = (
        'Trang,Nội dung,ĐT,Ngày\r\n"=HYPERLINK(""http://a.example"")",+84,0912 345 678,24/11/2026\r\n'
        "b.example,x,khong phai so,\r\nc.example,x,,31/02/2026\r\nd.example,x\r\n"
    ).encode()
    columns = {"Trang": Field.SITE, "Nội dung": Field.CONTENT, "ĐT": Field.PHONE, "Ngày": Field.RECEIVED_AT}
    state = await imported(intake, operator, sheet, Reading(Format.CSV, columns=columns))
    assert counts(state) == (4, 1, 0, 3)
    page = (await intake.get(f"/desk/lists/{state['list_id']}/refused", operator)).json()
    assert [(row["line"], row["reason"]) for row in page["refused"]] == [
        (3, "field phone"),
        (4, "field received_at"),
        (5, "columns"),
    ]


@pytest.mark.parametrize("row", [{"number": 0}, {"number": 1, "fields": {"site": "x" * 8001}}, {"number": 1, "x": 1}])
async def test_a_chunk_that_is_malformed_is_refused_whole(intake: Http, operator: str, row: dict[str, Any]) -> None:
    state = await begin(intake, operator, listed(LIST))
    answer = await intake.post(f"/desk/lists/{state['list_id']}/rows", {"after": 0, "rows": [row]}, operator)
    assert answer.status_code in {400, 422}


async def test_a_chunk_of_the_longest_lines_passes_the_door_and_its_sites_are_kept_whole_in_the_vault_alone(
    intake: Http, operator: str, published: Any
) -> None:
    content = b"".join(b"http://s%d.example/" % number + b"x" * 7900 + b"\n" for number in range(20))
    state = await imported(intake, operator, content)
    assert counts(state) == (20, 20, 0, 0)
    first, *_ = await tips_of(intake, operator)
    [event] = await published(first["tip_id"])
    [identifier] = event.data.personal[UUID(first["tip_id"])].identifiers
    assert identifier.value == "s0.example"


def test_the_file_is_known_by_all_its_bytes() -> None:
    assert listed(LIST).sha256 == hashlib.sha256(LIST).hexdigest()
    assert listed(LIST).rows == 6
