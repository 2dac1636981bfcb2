"""OpenTelemetry's SDK as one process uses it. Imported only where a setting names an endpoint: 5 MB of a process."""

from collections.abc import Callable

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased

from services.runtime.tracing.otlp import OtlpTracing

_SECONDS = 2.0
"""How long the endpoint may take for one batch, and for the last one at the end."""
_EVERY_MILLIS = 1_000


def begun(endpoint: str, share: float, service: str, *, outward: bool) -> tuple[OtlpTracing, Callable[[], None]]:
    """The tracing of a process, and what ends it: sends the last spans and may take as long as the endpoint may.

    What was begun elsewhere is decided by its trace's id, as it was there: nobody from outside can ask for more.
    """
    sampled = TraceIdRatioBased(share)
    sampler = ParentBased(sampled, remote_parent_sampled=sampled, remote_parent_not_sampled=ALWAYS_OFF)
    named = Resource({"service.name": service, "service.namespace": "phoihop"})
    provider = TracerProvider(sampler, named, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_EVERY_MILLIS))
    return OtlpTracing(provider.get_tracer("phoihop"), outward=outward), provider.shutdown
