"""The console behind a real server, for tests of its doors."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2

from bus.identity import system_clock
from case_builders import book
from console_board import Board
from console_builders import Siblings
from runtime_builders import KnownKeys, bearer, serving, signing_key, token
from services.console.api.assembly import assembled
from services.console.api.doors import LANGUAGE, SESSION, Doors
from services.console.claiming import Claiming
from services.console.handlers.hub import Hub
from services.console.look.pages import Pages
from services.console.sessions import Sessions, form_token
from services.policy import Actor
from services.runtime.actors import Actors
from services.runtime.health import Health


@dataclass
class House:
    """The console behind a real server, and the services behind the console."""

    client: httpx2.AsyncClient
    siblings: Siblings

    def cookies(self, unit: str, *roles: str, language: str = "en") -> dict[str, str]:
        """The cookies of somebody of a unit who is signed in."""
        session = f"phs_{unit}_{'-'.join(roles)}"
        self.siblings.people[session] = Actor("an.nv", unit, frozenset(roles or ("officer",)))
        return {SESSION: session, LANGUAGE: language}

    async def page(self, path: str, unit: str, *roles: str, language: str = "en") -> httpx2.Response:
        """A page as somebody of the unit gets it."""
        return await self.client.get(path, headers=jar(self.cookies(unit, *roles, language=language)))

    async def twin(self, path: str, unit: str, *roles: str) -> httpx2.Response:
        """The same as JSON."""
        actor = Actor("an.nv", unit, frozenset(roles or ("officer",)))
        return await self.client.get(path, headers=bearer(token(self.siblings.key, actor, now=system_clock())))

    async def claim(self, case: UUID, unit: str, **form: str) -> httpx2.Response:
        """The claim form of the page of a case, sent."""
        cookies = self.cookies(unit)
        sent = {"form_token": form_token(cookies[SESSION]), "key": "k-1", **form}
        return await self.client.post(f"/cases/{case}/claim", data=sent, headers=jar(cookies))

    async def streamed(self, path: str, unit: str, count: int, last: str = "") -> list[dict[str, Any]]:
        """The first `count` events of a stream, or those that came within two seconds."""
        headers = jar(self.cookies(unit)) | ({"Last-Event-ID": last} if last else {})
        found: list[dict[str, Any]] = []
        with suppress(TimeoutError):
            async with (
                asyncio.timeout(2 if count == 0 else 10),
                self.client.stream("GET", path, headers=headers) as got,
            ):
                event: dict[str, Any] = {}
                async for line in got.aiter_lines():
                    name, _, value = line.partition(": ")
                    event |= {name: value} if line else {}
                    if not line and "event" in event:
                        found.append(event)
                        event = {}
                    if count and len(found) == count:
                        break
        return found


def jar(cookies: dict[str, str]) -> dict[str, str]:
    """The header that carries cookies."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


@asynccontextmanager
async def open_house(board: Board, shown_at: Callable[[], datetime] = system_clock) -> AsyncIterator[House]:
    """The console over a board; `shown_at` is the present of pages."""
    siblings = Siblings(signing_key())
    actors = Actors(KnownKeys(siblings.key), system_clock)
    hub, stop = Hub(board.wake), asyncio.Event()
    fanning = asyncio.create_task(hub.run(stop))
    async with _client(siblings.directory) as directory, _client(siblings.cases) as cases:
        doors = Doors(
            reader=board.reader,
            searcher=board.searcher,
            pages=Pages.load(book(), shown_at),
            sessions=Sessions(directory, actors, system_clock),
            claiming=Claiming(cases),
            hub=hub,
        )
        health = Health()
        async with serving(assembled(doors, actors, health)) as client:
            yield House(client, siblings)
            health.stopping.set()
    stop.set()
    await fanning


def _client(handler: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(handler), base_url="http://sibling")
