"""Stepped series move only when enough has been counted that no single tip can be followed."""

from bus.numbers import Histogram
from services.runtime.metrics.catalogue import REQUEST_SECONDS
from services.runtime.metrics.catalogue_bus import CONSUMED, LAG
from services.runtime.metrics.metric import Sample
from services.runtime.metrics.stepping import Steps

LABELS = {"group": "cases", "topic": "phoihop.tip.v1"}


def shown(steps: Steps, value: float) -> float:
    (sample,) = steps.shown([Sample(CONSUMED, LABELS, value)])
    assert isinstance(sample.value, float)
    return sample.value


def test_a_count_stands_still_until_it_has_moved_by_a_whole_step() -> None:
    steps = Steps(step=16)
    assert [shown(steps, float(value)) for value in (1, 15, 16, 17, 31, 32, 500)] == [0, 0, 16, 16, 16, 32, 500]


def test_a_histogram_is_shown_whole_as_it_was_at_its_step() -> None:
    steps, histogram = Steps(step=2), Histogram((1.0,))
    sample = Sample(REQUEST_SECONDS, {"method": "GET", "route": "/", "status": "200"}, histogram)

    def counted() -> tuple[list[int], float]:
        (seen,) = steps.shown([sample])
        assert isinstance(seen.value, Histogram)
        return seen.value.counts, seen.value.sum

    histogram.observe(0.5)
    assert counted() == ([0, 0], 0.0)
    histogram.observe(2.0)
    assert counted() == ([1, 1], 2.5)
    histogram.observe(0.25)
    assert counted() == ([1, 1], 2.5)


def test_what_no_single_tip_moves_and_what_an_operator_needs_at_once_is_shown_as_it_is() -> None:
    steps, failed = Steps(), Histogram()
    failed.observe(0.1)
    lag = Sample(LAG, {**LABELS, "partition": "0"}, 1.0)
    broken = Sample(REQUEST_SECONDS, {"method": "GET", "route": "/", "status": "500"}, failed, at_once=True)
    assert [sample.value for sample in steps.shown([lag, broken])] == [1.0, failed]


def test_series_of_one_metric_step_each_by_itself() -> None:
    steps = Steps(step=16)
    other = {**LABELS, "topic": "phoihop.case.v1"}
    seen = steps.shown([Sample(CONSUMED, LABELS, 16.0), Sample(CONSUMED, other, 15.0)])
    assert [sample.value for sample in seen] == [16.0, 0.0]
