"""What spans there are, below which others, and what none of them tells."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bus.tracing import OFF, Sent
from services.runtime.tracing.otlp import OtlpTracing

TIP, INTEGRITY = "phoihop.tip.v1", "phoihop.integrity.v1"
ONE, OTHER = "00-" + "a" * 32 + "-" + "b" * 16 + "-01", "00-" + "c" * 32 + "-" + "d" * 16 + "-01"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter: InMemorySpanExporter) -> OtlpTracing:
    return made(exporter)


def made(exporter: InMemorySpanExporter, *, outward: bool = False) -> OtlpTracing:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return OtlpTracing(provider.get_tracer("test"), outward=outward)


def parent_of(span: ReadableSpan) -> str | None:
    parent = span.parent
    return f"00-{parent.trace_id:032x}-{parent.span_id:016x}-01" if parent else None


def test_a_handler_of_one_message_works_below_it(tracing: OtlpTracing, exporter: InMemorySpanExporter) -> None:
    with tracing.handling("cases.work", TIP, [ONE]):
        row = tracing.written("phoihop.case.v1", ONE)
    written, handled = exporter.get_finished_spans()
    assert (parent_of(handled), handled.links) == (ONE, ())
    assert written.parent
    assert handled.context
    assert written.parent.span_id == handled.context.span_id
    assert row is not None
    assert row.startswith("00-" + "a" * 32)


def test_a_handler_of_several_is_linked_to_each_and_each_row_stays_in_its_own_trace(
    tracing: OtlpTracing, exporter: InMemorySpanExporter
) -> None:
    with tracing.handling("cases.work", TIP, [ONE, OTHER, ONE, None]):
        tracing.written("phoihop.case.v1", OTHER)
    written, handled = exporter.get_finished_spans()
    assert handled.parent is None
    assert [f"{link.context.trace_id:032x}"[0] for link in handled.links] == ["a", "c"]
    assert handled.attributes
    assert handled.attributes["messaging.batch.message_count"] == 4
    assert parent_of(written) == OTHER


def test_what_a_relay_sent_stands_below_its_row(tracing: OtlpTracing, exporter: InMemorySpanExporter) -> None:
    since = tracing.now()
    tracing.sent(since, [Sent(TIP, ONE), Sent(TIP, OTHER)])
    first, second = exporter.get_finished_spans()
    assert (parent_of(first), parent_of(second)) == (ONE, OTHER)
    assert first.start_time == since


def test_a_request_is_named_by_the_template_of_its_route(tracing: OtlpTracing, exporter: InMemorySpanExporter) -> None:
    with tracing.answering("POST", ONE) as request:
        carried = tracing.carry()["traceparent"]
        request.answered("/desk/tips/{tip_id}/{verb}", 200)
    (span,) = exporter.get_finished_spans()
    assert (span.name, parent_of(span)) == ("POST /desk/tips/{tip_id}/{verb}", ONE)
    assert span.context
    assert carried.split("-")[2] == f"{span.context.span_id:016x}"


def test_where_strangers_call_their_word_about_traces_is_not_taken(exporter: InMemorySpanExporter) -> None:
    with made(exporter, outward=True).answering("POST", ONE) as request:
        request.answered("/tips", 202)
    assert exporter.get_finished_spans()[0].parent is None


def test_a_door_of_the_integrity_route_leaves_no_span(tracing: OtlpTracing, exporter: InMemorySpanExporter) -> None:
    with tracing.answering("GET", None) as request:
        request.answered("/integrity/tips", 200)
    with tracing.handling("notifications.work", f"x.{INTEGRITY}", [ONE]):
        pass
    assert exporter.get_finished_spans() == ()


def test_what_breaks_is_told_by_its_class_alone(tracing: OtlpTracing, exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="0912"), tracing.handling("cases.work", TIP, [ONE]):
        raise ValueError("0912 345 678")
    with pytest.raises(ValueError, match="0912"), tracing.answering("GET", None):
        raise ValueError("0912 345 678")
    whole = " ".join(span.to_json() for span in exporter.get_finished_spans())
    assert "ValueError" in whole
    assert "0912" not in whole


@pytest.mark.parametrize("said", ["", "khong-phai", "00-" + "0" * 32 + "-" + "b" * 16 + "-01", "00-\r\n"])
def test_a_traceparent_that_says_nothing_begins_a_trace(
    tracing: OtlpTracing, exporter: InMemorySpanExporter, said: str
) -> None:
    assert tracing.written(TIP, said)
    with tracing.handling("cases.work", TIP, [said]):
        pass
    assert [span.parent for span in exporter.get_finished_spans()] == [None, None]


def test_off_passes_the_cause_on_and_does_nothing_else() -> None:
    with OFF.handling("cases.work", TIP, [ONE]):
        assert OFF.written(TIP, ONE) == ONE
    assert not OFF.on


def test_without_an_endpoint_the_sdk_is_not_imported() -> None:
    program = (
        "import sys; from contextlib import AsyncExitStack\n"
        "import services.intake.__main__\n"
        "from services.runtime.settings import Settings\n"
        "from services.runtime.tracing.making import tracing_of\n"
        "assert not tracing_of(Settings(), 'intake', AsyncExitStack()).on\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk') or 'otlp' in name])\n"
        "print([name for name in sys.modules if name.startswith('prometheus_client')])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["[]", "[]"]
