"""Lists handed in by a page: by operators alone, from a form of ours, without a script, and resumed after a stop."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from console_desk import DESK, LIST, Desk, open_lists
from console_house import House, jar
from schemas.problems import FORBIDDEN
from services.console.api.doors import SESSION
from services.console.sessions import form_token

pytestmark = pytest.mark.integration


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[House]:
    async with open_lists(desk) as opened:
        yield opened


async def handed(house: House, content: bytes, name: str = "list.txt", **form: str) -> httpx2.Response:
    cookies = house.cookies(DESK, "operator")
    data = {"form_token": form_token(cookies[SESSION]), "encoding": "utf-8", **form}
    return await house.client.post("/lists", data=data, files={"file": (name, content)}, headers=jar(cookies))


async def test_a_file_goes_to_the_desk_and_the_page_shows_how_far_it_is(house: House, desk: Desk) -> None:
    answer = await handed(house, b"a.example\nkhong\nb.example\n")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/lists/{LIST}")
    await asyncio.wait_for(desk.done.wait(), 10)
    page = await house.page(f"/lists/{LIST}", DESK, "operator")
    assert page.status_code == 200
    assert [row["number"] for row in desk.rows] == [1, 2, 3]
    assert "The whole list was taken in." in page.text
    assert "It names no host." in page.text
    assert "list.txt" in (await house.page("/lists", DESK, "operator")).text


async def test_a_list_that_is_being_sent_reloads_by_itself_and_outlasts_a_desk_that_is_away(
    house: House, desk: Desk
) -> None:
    desk.away = 1
    await handed(house, b"a.example\n")
    page = await house.page(f"/lists/{LIST}", DESK, "operator")
    assert '<meta http-equiv="refresh" content="2">' in page.text
    await asyncio.wait_for(desk.done.wait(), 10)
    assert len(desk.rows) == 1


async def test_a_list_that_was_interrupted_says_how_to_go_on(house: House, desk: Desk) -> None:
    desk.rows, desk.name = [{"number": 1, "fields": {"site": "a.example"}}], "list.txt"
    page = await house.page(f"/lists/{LIST}", DESK, "operator")
    assert "Interrupted after line 1." in page.text
    await handed(house, b"a.example\nb.example\n")
    await asyncio.wait_for(desk.done.wait(), 10)
    assert [row["number"] for row in desk.rows] == [1, 2]


async def test_a_file_that_the_desk_has_already_is_told_so(house: House, desk: Desk) -> None:
    desk.finished = True
    answer = await handed(house, b"a.example\n")
    assert answer.headers["location"] == f"/lists/{LIST}?known=1"
    assert "nothing has changed" in (await house.page(answer.headers["location"], DESK, "operator")).text


@pytest.mark.parametrize(
    ("file", "columns", "told"),
    [
        (("list.txt", "a.example".encode("utf-16")), "", "choose “utf-16” under Encoding (encoding)"),
        (("list.txt", b"a.example\nc\xe0.example"), "", "Line 2 is not UTF-8 text. Save the file as UTF-8 (encoding)"),
        (("list.csv", b"url,x\na.example,1\n"), "", "no column tells the site (columns)"),
        (("list.csv", b"url,x\na.example,1\n"), "url=web", "COLUMN=FIELD (columns)"),
    ],
)
async def test_a_file_that_cannot_be_read_is_told_with_the_remedy_and_sent_nowhere(
    house: House, desk: Desk, file: tuple[str, bytes], columns: str, told: str
) -> None:
    (name, content), (words, _, field) = file, told.removesuffix(")").rpartition(" (")
    page = await handed(house, content, name, columns=columns)
    assert page.status_code == 422
    assert words in page.text
    assert "--" not in re.sub("<[^>]*>", "", page.text)
    assert re.search(rf'href="#{field}".*id="{field}" name="{field}"[^>]*aria-invalid', page.text, re.DOTALL)
    assert f">{columns}</textarea>" in page.text
    assert desk.name == ""


async def test_who_is_no_operator_or_brings_a_form_of_another_site_hands_in_nothing(house: House, desk: Desk) -> None:
    assert (await house.page("/lists", DESK, "officer")).status_code == 403
    assert (await handed(house, b"a.example\n", form_token="0" * 64)).status_code == 403
    desk.refusing = FORBIDDEN.problem("Không phải trực ban.", "Not a desk.")
    refused = await house.page("/lists", DESK, "operator")
    assert refused.status_code == 403
    assert "Not a desk." in refused.text
    assert desk.name == ""


async def test_the_pages_say_that_a_report_is_no_finding_and_link_to_no_reported_site(house: House) -> None:
    for language, words in (("vi", "không phải kết luận"), ("en", "no finding about anyone")):
        page = await house.page("/lists", DESK, "operator", language=language)
        assert words in page.text
        assert not re.findall(r'href="https?:', page.text)
