"""Tells the tracing of each request. Plain ASGI; stands in the edge only where somebody listens."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime.metrics.http import route_of
from services.runtime.tracing.port import ServiceTracing

_LEFT_OUT = ("/healthz", "/readyz", "/metrics")
_HEADER = b"traceparent"


class Traced:
    """Everything inside works below the request's span."""

    def __init__(self, app: ASGIApp, tracing: ServiceTracing) -> None:
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["path"] in _LEFT_OUT:
            await self._app(scope, receive, send)
            return
        cause = next((value.decode("latin-1") for name, value in scope["headers"] if name == _HEADER), None)
        with self._tracing.answering(scope["method"], cause) as span:

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.answered(route_of(scope), message["status"])
                await send(message)

            await self._app(scope, receive, told)
