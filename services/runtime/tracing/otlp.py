"""Traces by OpenTelemetry's SDK. Imported only where a setting names an endpoint.

No span carries an id, a name, an address or a value: methods, templates of routes, topics, groups, counts. What belongs
to the integrity route is in none.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bus.tracing import Sent

_FORMAT = TraceContextTextMapPropagator()
_HEADER = "traceparent"
_HIDDEN = "/integrity"
_SERVER_ERROR = 500


@dataclass(slots=True)
class _Request:
    """A request's span; a door of the integrity route leaves none."""

    span: Span
    method: str
    hidden: bool = field(default=False)

    def answered(self, route: str, status: int) -> None:
        self.hidden = route.startswith(_HIDDEN)
        self.span.update_name(f"{self.method} {route}")
        self.span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= _SERVER_ERROR:
            self.span.set_status(Status(StatusCode.ERROR))


class OtlpTracing:
    """One process's spans. `outward` says that strangers call here: their word about traces is not taken."""

    on = True

    def __init__(self, tracer: Tracer, *, outward: bool) -> None:
        self._tracer = tracer
        self._outward = outward

    def written(self, topic: str, cause: str | None) -> str | None:
        """See `bus.tracing`: below the work at hand, unless the cause belongs to another trace."""
        current, caused = trace.get_current_span().get_span_context(), _read(cause)
        here = current.is_valid and not (caused.is_valid and caused.trace_id != current.trace_id)
        context = None if here else _below(caused)
        span = self._tracer.start_span(
            f"outbox {topic}", context, SpanKind.PRODUCER, _of(topic, "create"), record_exception=False
        )
        span.end()
        return _told(span.get_span_context())

    @contextmanager
    def handling(self, group: str, topic: str, causes: Sequence[str | None]) -> Iterator[None]:
        """See `bus.tracing`. What the handler raises is told by its class."""
        known = [one for one in map(_read, dict.fromkeys(causes)) if one.is_valid]
        attributes = {
            **_of(topic, "process"),
            "messaging.consumer.group.name": group,
            "messaging.batch.message_count": len(causes),
        }
        if topic.endswith(_UNTOLD):
            yield
            return
        context, links = (_below(known[0]), ()) if len(known) == 1 else (Context(), tuple(map(Link, known)))
        with self._during(f"handle {topic}", context, SpanKind.CONSUMER, attributes, links):
            yield

    def now(self) -> int:
        """Nanoseconds since 1970, as spans count."""
        return time.time_ns()

    def sent(self, since: int, messages: Sequence[Sent]) -> None:
        """A span a message, each below its row."""
        until = self.now()
        for message in messages:
            context = _below(_read(message.traceparent))
            span = self._tracer.start_span(
                f"send {message.topic}", context, SpanKind.PRODUCER, _of(message.topic, "send"), start_time=since
            )
            span.end(until)

    @contextmanager
    def answering(self, method: str, cause: str | None) -> Iterator[_Request]:
        """See `services.runtime.tracing.port`."""
        context = _below(_read(None if self._outward else cause))
        span = self._tracer.start_span(method, context, SpanKind.SERVER, {"http.request.method": method})
        request = _Request(span, method)
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            try:
                yield request
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            finally:
                if not request.hidden:
                    span.end()

    def carry(self) -> Mapping[str, str]:
        """The header of the work at hand."""
        told = _told(trace.get_current_span().get_span_context())
        return {_HEADER: told} if told else {}

    @contextmanager
    def _during(
        self, name: str, context: Context, kind: SpanKind, attributes: Mapping[str, str | int], links: Sequence[Link]
    ) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name, context, kind, attributes, links, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise


_UNTOLD = "phoihop.integrity.v1"


def _of(topic: str, operation: str) -> dict[str, str | int]:
    return {
        "messaging.system": "kafka",
        "messaging.destination.name": topic,
        "messaging.operation.type": operation,
    }


def _read(traceparent: str | None) -> SpanContext:
    """What a traceparent says; an invalid context for one that says nothing."""
    context = _FORMAT.extract({_HEADER: traceparent} if traceparent else {}, Context())
    return trace.get_current_span(context).get_span_context()


def _below(parent: SpanContext) -> Context:
    """Below this parent; a trace of its own below an invalid one, whatever is at hand."""
    return trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())


def _told(context: SpanContext) -> str | None:
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
