"""Lists handed in by a page: by operators alone, from a form of ours, without a script, and resumed after a stop."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from bus.identity import system_clock
from case_builders import book
from console_builders import Siblings
from console_house import House, jar
from runtime_builders import KnownKeys, serving, signing_key
from schemas.problems import FORBIDDEN, Problem
from services.console.api import errors, lists
from services.console.api.doors import SESSION
from services.console.lists import Lists
from services.console.look.pages import Pages
from services.console.sessions import Sessions, form_token
from services.runtime.actors import Actors
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.problems import body_of

pytestmark = pytest.mark.integration

LIST = "0198f0c0-0000-7000-8000-000000000001"
DESK = "bcd-79"


@dataclass
class Desk:
    """Intake's door for lists as the page calls it: it counts what it is sent, and can be away."""

    name: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    finished: bool = False
    away: int = 0
    refusing: Problem | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def state(self) -> dict[str, Any]:
        refused = sum("site" in row["fields"] and "." not in row["fields"]["site"] for row in self.rows)
        return {
            "list_id": LIST,
            "desk": DESK,
            "file_name": self.name,
            "started_by": "an.nv",
            "started_at": "2026-11-24T08:00:00+07:00",
            "finished_at": "2026-11-24T08:01:00+07:00" if self.finished else None,
            "expected": 3,
            "last_line": self.rows[-1]["number"] if self.rows else 0,
            "read": len(self.rows),
            "taken": len(self.rows) - refused,
            "linked": 0,
            "refused": refused,
        }

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if self.refusing is not None:
            return httpx2.Response(self.refusing.status, json=body_of(self.refusing, "vi"))
        if request.url.path.endswith("/rows"):
            return self._rows(json.loads(request.content))
        if request.url.path.endswith("/refused"):
            row = {"line": 2, "reason": "no_site", "vi": "Không có tên miền.", "en": "It names no host."}
            return httpx2.Response(200, json={"refused": [row], "next": None})
        if request.method == "POST":
            self.name = json.loads(request.content)["file_name"]
            return httpx2.Response(200, json=self.state())
        if request.url.path == "/desk/lists":
            return httpx2.Response(200, json={"lists": [self.state()] if self.name else [], "next": None})
        return httpx2.Response(200, json=self.state())

    def _rows(self, chunk: dict[str, Any]) -> httpx2.Response:
        if self.away:
            self.away -= 1
            raise httpx2.ConnectError("away")
        self.rows += [row for row in chunk["rows"] if row["number"] > (self.rows[-1]["number"] if self.rows else 0)]
        self.finished = chunk["last"]
        self.done.set()
        return httpx2.Response(200, json=self.state())


@dataclass(frozen=True, slots=True)
class Plain:
    """What error pages and the frame need of the console's doors."""

    pages: Pages
    sessions: Sessions


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[House]:
    siblings = Siblings(signing_key())
    actors = Actors(KnownKeys(siblings.key), system_clock)
    async with (
        httpx2.AsyncClient(
            transport=httpx2.MockTransport(siblings.directory), base_url="http://directory"
        ) as directory,
        httpx2.AsyncClient(transport=httpx2.MockTransport(desk.answer), base_url="http://intake") as intake,
    ):
        sessions, stop = Sessions(directory, actors, system_clock), asyncio.Event()
        carrying = Lists(intake, sessions)
        app = create_app("console", [lists.router(carrying)], health=Health(), actors=actors)
        errors.install(app)
        app.state.doors = Plain(Pages.load(book(), system_clock), sessions)
        running = asyncio.create_task(carrying.run(stop))
        async with serving(app) as client:
            yield House(client, siblings)
        stop.set()
        await running


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
        (("list.txt", "a.example".encode("utf-16")), "", "--encoding utf-16"),
        (("list.csv", b"url,x\na.example,1\n"), "", "no column tells the site"),
        (("list.csv", b"url,x\na.example,1\n"), "url=web", "COLUMN=FIELD"),
    ],
)
async def test_a_file_that_cannot_be_read_is_told_with_the_remedy_and_sent_nowhere(
    house: House, desk: Desk, file: tuple[str, bytes], columns: str, told: str
) -> None:
    name, content = file
    page = await handed(house, content, name, columns=columns)
    assert page.status_code == 422
    assert told in page.text
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
