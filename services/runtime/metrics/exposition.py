"""Samples as the text that Prometheus reads. The library that writes it is imported by the first scrape."""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from bus.numbers import Histogram
from services.runtime.metrics.metric import Kind, Sample

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric as Family

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text_of(samples: Iterable[Sample]) -> bytes:
    """The samples by metric, in the order in which each metric first came.

    Raises ValueError for a sample whose labels are not those that the catalogue gives its metric.
    """
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - only who is scraped pays for it

    registry = CollectorRegistry()
    registry.register(_Collected(_families(samples)))
    return generate_latest(registry)


class _Collected:
    """What a registry asks for: families that are already there."""

    def __init__(self, families: Mapping[str, "Family"]) -> None:
        self._families = families

    def collect(self) -> Iterable["Family"]:
        return self._families.values()


def _families(samples: Iterable[Sample]) -> dict[str, "Family"]:
    found: dict[str, Family] = {}
    for sample in samples:
        metric = sample.metric
        if tuple(sample.labels) != metric.labels:
            raise ValueError(f"{metric.name} has the labels {metric.labels}, not {tuple(sample.labels)}")
        _add(found, sample)
    return found


def _add(found: dict[str, "Family"], sample: Sample) -> None:
    from prometheus_client import core  # noqa: PLC0415 - as above

    metric, labels = sample.metric, list(sample.labels.values())
    if isinstance(sample.value, Histogram):
        if metric.kind is not Kind.HISTOGRAM:
            raise ValueError(f"{metric.name} is no histogram")
        histogram = core.HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
        family = found.setdefault(metric.name, histogram)
        histogram.add_metric(labels, buckets=_buckets(sample.value), sum_value=sample.value.sum)
        if family is not histogram:
            family.samples.extend(histogram.samples)
        return
    counter = metric.kind is Kind.COUNTER
    make = core.CounterMetricFamily if counter else core.GaugeMetricFamily
    single = make(metric.name, metric.meaning, labels=metric.labels)
    single.add_metric(labels, sample.value)
    family = found.setdefault(metric.name, single)
    if family is not single:
        family.samples.extend(single.samples)


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    bounds = [*(repr(bound) for bound in histogram.bounds), "+Inf"]
    return list(zip(bounds, map(float, accumulate(histogram.counts)), strict=True))
