"""Counts that one tip moves are shown in steps, so that no reader of metrics can follow one tip.

A tip that names an officer is held before any event but one that its route alone may know of. That one event is in no
count of events; but who sees every other count move at once could subtract: a tip came in, and no group read one. A
series that is shown anew only once it has moved by `STEP` mixes the tips of some time, what was decided about each,
repeats, readings of a status: no difference of two such series tells of one tip.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from bus.numbers import Histogram
from services.runtime.metrics.metric import Sample, Value

STEP = 16

_Series: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


class Steps:
    """What was shown last of each stepped series; one per process, so that every scraper sees the same."""

    def __init__(self, step: int = STEP) -> None:
        self._step = step
        self._shown: dict[_Series, Value] = {}

    def shown(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        """The samples as they may be seen: stepped ones as they were when they last passed a step, at first 0."""
        for sample in samples:
            stepped = sample.metric.stepped and not sample.at_once
            yield self._held(sample) if stepped else sample

    def _held(self, sample: Sample) -> Sample:
        series = (sample.metric.name, tuple(sorted(sample.labels.items())))
        before = self._shown.get(series, _nothing(sample.value))
        if _count(sample.value) - _count(before) >= self._step:
            before = self._shown[series] = _copy(sample.value)
        return Sample(sample.metric, sample.labels, before)


def _count(value: Value) -> float:
    return value.count if isinstance(value, Histogram) else value


def _nothing(value: Value) -> Value:
    return Histogram(value.bounds) if isinstance(value, Histogram) else 0.0


def _copy(value: Value) -> Value:
    if not isinstance(value, Histogram):
        return value
    copy = Histogram(value.bounds)
    copy.counts, copy.sum = list(value.counts), value.sum
    return copy
