"""The pages of lists over a desk that is played, for tests and for looking at."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2

from bus.identity import system_clock
from case_builders import book
from console_builders import Siblings
from console_house import House
from runtime_builders import KnownKeys, serving, signing_key
from schemas.problems import Problem
from services.console.api import errors, lists
from services.console.api.assembly import looks
from services.console.lists import Lists
from services.console.look.pages import Pages
from services.console.sessions import Sessions
from services.runtime.actors import Actors
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.problems import body_of

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


@asynccontextmanager
async def open_lists(desk: Desk, clock: Callable[[], datetime] = system_clock) -> AsyncIterator[House]:
    """The pages of lists behind a real server, over a desk that is played."""
    siblings = Siblings(signing_key())
    actors = Actors(KnownKeys(siblings.key), system_clock)
    async with _client(siblings.directory) as directory, _client(desk.answer) as intake:
        sessions, stop = Sessions(directory, actors, system_clock), asyncio.Event()
        carrying = Lists(intake, sessions)
        app = create_app("console", [lists.router(carrying)], health=Health(), actors=actors)
        errors.install(app)
        app.mount("/static", looks())
        app.state.doors = Plain(Pages.load(book(), clock), sessions)
        running = asyncio.create_task(carrying.run(stop))
        async with serving(app) as client:
            yield House(client, siblings)
        stop.set()
        await running


def _client(handler: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(handler), base_url="http://sibling")
