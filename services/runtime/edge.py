"""What every request passes through before the app, outermost first; plain ASGI, because each costs every request."""

import re
from collections.abc import Callable
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.problems import OVERSIZE, UNAVAILABLE
from services.runtime.metrics.door import PATH
from services.runtime.metrics.http import HttpNumbers, route_of
from services.runtime.problems import answer

REQUEST_ID = "phoihop.request_id"
HEADER = b"x-request-id"
_PLAIN = re.compile(rb"text/plain")


class Identified:
    """Gives the request an id, for its answer and its log lines, and forgets whose address it came from."""

    def __init__(self, app: ASGIApp, new_id: Callable[[], UUID]) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["client"] = None
        scope[REQUEST_ID] = request_id = str(self._new_id())

        async def identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (HEADER, request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request_id):
            await self._app(scope, receive, identified)


class Bounded:
    """At most `limit` requests wait for their answer at once; one more is told 503 and when to come again.

    The door to the numbers stays open: they are asked for when there is too much to do.
    """

    def __init__(self, app: ASGIApp, limit: int, numbers: HttpNumbers) -> None:
        self._app = app
        self._limit = limit
        self._numbers = numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or scope["path"] == PATH:
            await self._app(scope, receive, send)
        elif self._numbers.waiting >= self._limit:
            self._numbers.sheds += 1
            await answer(Request(scope), UNAVAILABLE.problem())(scope, receive, send)
        else:
            await self._admit(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A stream that has begun to answer no longer counts: it waits for events, not for us."""
        open_request = [True]
        self._numbers.waiting += 1

        def begun() -> None:
            if open_request:
                open_request.pop()
                self._numbers.waiting -= 1

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun()
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            begun()


class Answered:
    """Turns the framework's plain 413 into a problem, and records a failure that no handler expected."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and see its answer out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reply = _Reply(scope, receive, send)
        try:
            await self._app(scope, receive, reply.send)
        except Exception as error:
            structlog.get_logger().error("request_failed", route=route_of(scope), exc_info=error)
            # A whole answer went out, so nothing more is owed; one cut in half must break the connection.
            if not reply.complete:
                raise


class _Reply:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._replaced = False
        self.complete = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _plain_oversize(message):
            self._replaced = self.complete = True
            await answer(Request(self._scope), OVERSIZE.problem())(self._scope, self._receive, self._send)
        elif not self._replaced:
            await self._send(message)
            self.complete = message["type"] == "http.response.body" and not message.get("more_body", False)


def _plain_oversize(message: Message) -> bool:
    kinds = [value for name, value in message.get("headers", ()) if name.lower() == b"content-type"]
    return message["status"] == OVERSIZE.status and any(_PLAIN.match(kind) for kind in kinds)
