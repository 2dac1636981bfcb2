"""The search by page and by program: its form everywhere, its pages, and what it says of words it cannot look for."""

import json
import random
import re
import sys
from html import unescape
from logging import WARNING
from urllib.parse import quote

import pytest

from case_builders import numbered
from console_board import Board
from console_house import House
from runtime_builders import problem
from schemas.views import View
from search_builders import DESK, OPEN, forwarded, origin_of, person, proposed, received
from services.console.handlers.searching import PAGE
from services.runtime.logs import _QUIET

pytestmark = pytest.mark.integration
LONGEST = " ".join(["ề" * 24] * 8)


async def test_every_signed_in_page_bears_the_form_and_the_form_needs_no_script(board: Board, house: House) -> None:
    for path in ("/cases", f"/cases/{numbered(1)}", "/search"):
        page = (await house.page(path, "qltt-79")).text
        assert '<form class="find" role="search" method="get" action="/search">' in page
    assert 'action="/search"' not in (await house.client.get("/sign-in")).text
    assert 'action="/search"' not in (await house.page("/cases", "qltt-79", "directory_admin")).text


@pytest.mark.parametrize(("language", "says"), [("en", "What can be searched for"), ("vi", "Có thể tìm theo")])
async def test_without_words_the_page_says_what_can_be_searched_for(house: House, language: str, says: str) -> None:
    page = await house.page("/search", "qltt-79", language=language)

    assert page.status_code == 200
    assert says in page.text


async def test_hits_are_rows_of_cases_and_tips_with_what_leads_on(board: Board, house: House) -> None:
    said = person("", phone="0901 234 567")
    await board.tell(proposed(1, said=said))
    await board.index(proposed(1, said=said), received(1, said=said), forwarded(1, said=said))
    page = (await house.page("/search?q=0901234567", "qltt-79")).text

    assert page.count('class="clock"') == 2
    assert f'href="/cases/{numbered(1)}"' in page
    assert "VV/2026/C0000001" in page
    assert f"Tip {DESK}/2026/T0000001" in page
    assert 'name="q" type="search" maxlength="200"' in page
    assert 'value="0901234567"' in page
    twin = (await house.twin("/api/search?q=0901234567", "qltt-79")).json()
    assert [hit["type"] for hit in twin["hits"]] == ["tip", "case"]
    assert twin["hits"][0]["case_id"] == twin["hits"][1]["id"] == str(numbered(1))
    assert "0901" not in json.dumps(twin)


@pytest.mark.parametrize(("language", "says"), [("en", "Try fewer words"), ("vi", "Hãy thử bớt từ")])
async def test_nothing_found_says_what_was_searched_for_and_what_to_try(house: House, language: str, says: str) -> None:
    page = await house.page("/search?q=<b>xyz</b>", "qltt-79", language=language)

    assert page.status_code == 200
    assert "&lt;b&gt;xyz&lt;/b&gt;" in page.text
    assert "<b>xyz" not in page.text
    assert says in page.text


@pytest.mark.parametrize(
    ("words", "says"),
    [("a" * 201, "more than 200 characters"), ("a " * 9, "more than 8 words"), ("?!", "no letter or digit")],
)
async def test_words_that_cannot_be_searched_for_are_said_by_field_and_remedy(
    house: House, words: str, says: str
) -> None:
    page = await house.page(f"/search?q={quote(words)}", "qltt-79")
    assert page.status_code == 422
    assert says in page.text
    assert '<a href="#find">' in page.text
    assert 'aria-invalid="true"' in page.text
    answer = problem(await house.twin(f"/api/search?q={quote(words)}", "qltt-79"), "malformed", 422)
    assert answer["errors"][0]["pointer"] == "#/q"
    assert words not in json.dumps(answer)
    problem(await house.twin("/api/search", "qltt-79"), "malformed", 422)


async def test_no_answer_is_kept_and_no_other_site_is_told_where_it_came_from(house: House) -> None:
    for answer in (await house.page("/search?q=x", "qltt-79"), await house.twin("/api/search?q=x", "qltt-79")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"


async def test_the_words_are_in_no_line_of_the_log(
    house: House, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for path in ("/search?q=zqkhongghi", "/api/search?q=zqkhongghi", "/search?q=zqkhongghi&after=%00"):
        await house.page(path, "qltt-79")
        await house.twin(path, "qltt-79")
    said = "".join(capfd.readouterr())

    # As in a process: of these libraries nothing below a warning is written, which the access log is.
    written = [one for one in caplog.records if not one.name.startswith(tuple(_QUIET)) or one.levelno >= WARNING]
    assert "zqkhongghi" not in said + "".join(one.getMessage() for one in written)


async def test_whoever_has_no_role_that_reads_is_refused_and_an_operator_finds_tips(board: Board, house: House) -> None:
    await board.tell(proposed(1))
    await board.index(proposed(1), received(1), forwarded(1))

    assert (await house.page("/search?q=x", "qltt-79", "directory_admin")).status_code == 403
    problem(await house.twin("/api/search?q=x", "qltt-79", "directory_admin"), "forbidden", 403)
    hits = (await house.twin("/api/search?q=T0000001", "qltt-79", "operator")).json()["hits"]
    assert [hit["id"] for hit in hits] == [str(origin_of(1))]
    assert hits[0]["case_id"] is None
    assert "your account reads no cases" in (await house.page("/search?q=x", "qltt-79", "operator")).text
    assert (await house.client.get("/api/search?q=x")).status_code == 401
    assert (await house.client.get("/search?q=x")).headers["location"].startswith("/sign-in?next=")


async def test_who_signs_in_for_a_search_comes_back_to_it_however_long_it_is(house: House) -> None:
    sent = await house.client.get("/search", params={"q": LONGEST})
    form = await house.client.get(sent.headers["location"])
    token = re.search(r'name="form_token" value="([^"]+)"', form.text)
    to = re.search(r'name="next" value="([^"]+)"', form.text)
    assert token is not None
    assert to is not None
    door = form.headers["set-cookie"].partition(";")[0]
    filled = {"login": "an", "password": "right", "form_token": token[1], "next": unescape(to[1])}
    answer = await house.client.post("/sign-in", data=filled, headers={"Cookie": door})

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/search?q={quote(LONGEST).replace('%20', '+')}"


async def test_pages_follow_each_other_without_a_hit_twice_or_left_out(board: Board, house: House) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    numbers = chance.sample(range(1, 500), 2 * PAGE + 9)
    hidden = set(chance.sample(numbers, 12))
    events = [
        proposed(one, {"bcd-79": View.FIELDS} if one in hidden else OPEN, said=person("zqchung")) for one in numbers
    ]
    await board.tell(*events)
    await board.index(*events, *[received(one, said=person("zqchung")) for one in numbers[:3]])

    seen: list[str] = []
    mark: str | None = ""
    while mark is not None:
        page = (await house.twin(f"/api/search?q=zqchung&after={mark}", "qltt-79")).json()
        seen += [hit["id"] for hit in page["hits"]]
        mark = page["next"]
        assert mark is None or len(page["hits"]) == PAGE
    assert seen == [str(numbered(one)) for one in sorted(set(numbers) - hidden, reverse=True)]


async def test_the_page_goes_on_by_a_link_and_tells_no_total(board: Board, house: House) -> None:
    events = [proposed(one, said=person("zqchung")) for one in range(1, PAGE + 3)]
    await board.tell(*events)
    await board.index(*events)
    page = (await house.page("/search?q=zqchung", "qltt-79")).text

    assert "on this page, and there is more" in page
    assert str(PAGE + 2) not in re.sub(r'<time.*?</time>|"[^"]*"|VV/\S+', "", page)
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    last = (await house.page(unescape(following[1]), "qltt-79")).text
    assert last.count('class="clock"') == 2
    assert 'rel="next"' not in last
