"""Token buckets: how often a door may be used."""

import pytest

from runtime_builders import Ticks
from services.runtime import limits
from services.runtime.limits import Limiter, TooManyRequests


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def test_a_burst_is_allowed_and_the_next_is_told_when_to_come_back(ticks: Ticks) -> None:
    limiter = Limiter(per_second=0.25, burst=3, clock=ticks)
    for _ in range(3):
        limiter.take("one")
    with pytest.raises(TooManyRequests) as refused:
        limiter.take("one")
    assert refused.value.retry_after == 4
    assert refused.value.problem.status == 429


def test_whoever_waits_as_long_as_told_is_let_in(ticks: Ticks) -> None:
    limiter = Limiter(per_second=0.25, burst=1, clock=ticks)
    limiter.take("one")
    ticks.seconds += 3.9
    with pytest.raises(TooManyRequests) as refused:
        limiter.take("one")
    ticks.seconds += refused.value.retry_after
    limiter.take("one")


def test_one_key_does_not_use_up_anothers(ticks: Ticks) -> None:
    limiter = Limiter(per_second=1, burst=1, clock=ticks)
    limiter.take("one")
    limiter.take("another")
    with pytest.raises(TooManyRequests):
        limiter.take("one")


def test_a_long_rest_gives_no_more_than_the_burst(ticks: Ticks) -> None:
    limiter = Limiter(per_second=10, burst=2, clock=ticks)
    limiter.take("one")
    ticks.seconds += 3600
    limiter.take("one")
    limiter.take("one")
    with pytest.raises(TooManyRequests):
        limiter.take("one")


def test_strangers_cannot_fill_the_memory(ticks: Ticks) -> None:
    limiter = Limiter(per_second=1, burst=1, clock=ticks)
    for number in range(limits.MAX_BUCKETS + 50):
        limiter.take(str(number))
    assert len(limiter._buckets) == limits.MAX_BUCKETS
