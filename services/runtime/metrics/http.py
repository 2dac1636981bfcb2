"""Counting requests: how long until an answer began, by the template of its route. Plain ASGI, outermost."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPMethod, HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bus.numbers import Histogram
from services.runtime.metrics import catalogue
from services.runtime.metrics.metric import Sample
from services.runtime.metrics.source import Source

UNROUTED = "unrouted"
_LEFT_OUT = ("/healthz", "/readyz", "/metrics", "/integrity")
"""Beginnings of routes that are in no number: ours, and those whose very use tells that a tip is held."""
_METHODS = frozenset(HTTPMethod)


class HttpNumbers:
    """What the HTTP door of one process has done. `waiting` and `sheds` are kept by who admits requests."""

    def __init__(self) -> None:
        self.seconds: dict[tuple[str, str, int], Histogram] = {}
        self.waiting = 0
        self.sheds = 0

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one answer, unless its route is left out."""
        route = route_of(scope)
        if route.startswith(_LEFT_OUT):
            return
        method = scope["method"] if scope["method"] in _METHODS else "other"
        key = (method, route, status)
        if key not in self.seconds:
            self.seconds[key] = Histogram()
        self.seconds[key].observe(seconds)


def route_of(scope: Scope) -> str:
    """The template of the route: the path itself may hold an id."""
    return str(getattr(scope.get("route"), "path", UNROUTED))


class Measured:
    """Notes when the answer to each request begins, by `clock` in seconds; a stream counts from its first byte."""

    def __init__(self, app: ASGIApp, numbers: HttpNumbers, clock: Callable[[], float]) -> None:
        self._app = app
        self._numbers = numbers
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count its answer; one that broke without an answer counts as 500."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = self._clock(), 0

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._numbers.answered(scope, status, self._clock() - began)
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception:
            if not status:
                self._numbers.answered(scope, HTTPStatus.INTERNAL_SERVER_ERROR, self._clock() - began)
            raise


def http_source(numbers: HttpNumbers) -> Source:
    """What the HTTP door has done."""

    async def read() -> list[Sample]:
        return [
            *_answers(numbers.seconds),
            Sample(catalogue.REQUESTS_WAITING, {}, float(numbers.waiting)),
            Sample(catalogue.SHEDS, {}, float(numbers.sheds)),
        ]

    return Source("http", read)


def _answers(seconds: Mapping[tuple[str, str, int], Histogram]) -> Iterator[Sample]:
    limited: dict[str, int] = {}
    for (method, route, status), histogram in seconds.items():
        labels = {"method": method, "route": route, "status": str(status)}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            limited[route] = limited.get(route, 0) + histogram.count
        at_once = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        yield Sample(catalogue.REQUEST_SECONDS, labels, histogram, at_once=at_once)
    for route, count in limited.items():
        yield Sample(catalogue.RATE_LIMITED, {"route": route}, float(count))
