"""Services that answer as told and remember what they were asked, for tests of the commands that call them."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from bus.errors import Refused
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.server import Server

Answer = Any | Refused | Callable[["Asked"], Any]
AN = {"person": "an.nv", "name": "An", "unit": "qltt-79", "roles": ["officer"]}


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class Town:
    """One app that plays every service. An answer is looked up by method and path; a problem is raised."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def app(self) -> FastAPI:
        """The app, with the doors of a real service around it."""
        self.answers |= {
            ("POST", "/tokens"): {"token": "t", "expires_at": "2026-11-23T05:10:00Z"},
            ("GET", "/me"): AN,
        }
        router = APIRouter()
        router.add_api_route("/{path:path}", self._answer, methods=["GET", "POST", "DELETE"])
        return create_app("town", [router], health=Health())

    def told(self, path: str) -> Asked:
        """The last request to an address."""
        return [one for one in self.asked if one.path == path][-1]

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(
            request.method, request.url.path, dict(request.query_params), headers, json.loads(body) if body else None
        )
        self.asked.append(asked)
        found = self.answers[request.method, request.url.path]
        if isinstance(found, Refused):
            raise found
        return JSONResponse(found(asked) if callable(found) else found)


class InThread:
    """A server in a thread of its own, because a command blocks the one it runs in."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._leave = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self.url = ""

    async def _serve(self) -> None:
        server = Server(self._app, "127.0.0.1", 0, 1)
        await server.start()
        self.url = server.url
        self._ready.set()
        await self._leave.wait()
        await server.stop()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(10)
        self._loop.close()
