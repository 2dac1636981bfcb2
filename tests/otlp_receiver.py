"""A receiver of traces on loopback: what a collector would get, by OTLP over HTTP, from the real exporter."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from services.runtime.server import Server


@dataclass(frozen=True, slots=True)
class Got:
    """One span as it came: which service told it, and its place in its trace."""

    service: str
    span: Span

    @property
    def name(self) -> str:
        return str(self.span.name)

    @property
    def trace(self) -> str:
        return self.span.trace_id.hex()

    @property
    def id(self) -> str:
        return self.span.span_id.hex()

    @property
    def parent(self) -> str:
        """The id of the span that this is below; empty for a root."""
        return self.span.parent_span_id.hex()


@dataclass
class Receiver:
    """Keeps every span that it gets."""

    url: str = ""
    spans: list[Got] = field(default_factory=list)
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, enough: Callable[[Sequence[Got]], bool], seconds: float = 60.0) -> list[Got]:
        """The spans, once they are enough; raises TimeoutError with the names of those that came."""
        try:
            async with asyncio.timeout(seconds), self._more:
                await self._more.wait_for(lambda: enough(self.spans))
        except TimeoutError:
            raise TimeoutError(f"only {sorted(f'{one.service}: {one.name}' for one in self.spans)}") from None
        return list(self.spans)

    async def take(self, body: bytes) -> None:
        """Keep what one request brought."""
        request = ExportTraceServiceRequest.FromString(body)
        async with self._more:
            for resource in request.resource_spans:
                names = {one.key: one.value.string_value for one in resource.resource.attributes}
                for scope in resource.scope_spans:
                    self.spans += [Got(names["service.name"], span) for span in scope.spans]
            self._more.notify_all()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver at work."""
    receiver, app = Receiver(), FastAPI()

    @app.post("/v1/traces")
    async def traces(request: Request) -> Response:
        await receiver.take(await request.body())
        return Response(media_type="application/x-protobuf")

    server = Server(app, "127.0.0.1", 0, 1)
    await server.start()
    receiver.url = server.url
    try:
        yield receiver
    finally:
        await server.stop()
