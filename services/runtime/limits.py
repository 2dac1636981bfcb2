"""How often a door may be used: token buckets by actor, by credential or for a door as a whole, never by address."""

import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bus.errors import Refused
from schemas.problems import TOO_MANY_REQUESTS, Problem
from services.policy import Actor
from services.runtime.actors import CurrentActor

MAX_BUCKETS = 10_000


class TooManyRequests(Refused):
    """The bucket is empty; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int, problem: Problem | None = None) -> None:
        super().__init__(problem or TOO_MANY_REQUESTS.problem())
        self.retry_after = retry_after


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Limiter:
    """`burst` requests at once, `per_second` on average, for each key. `clock` is monotonic, in seconds."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> None:
        """Count one use; raises `TooManyRequests` with the time until the next is free."""
        bucket = self._bucket(key)
        if bucket.tokens < 1.0:
            raise TooManyRequests(max(1, math.ceil((1.0 - bucket.tokens) / self._per_second)))
        bucket.tokens -= 1.0

    def _bucket(self, key: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(float(self._burst), now))
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled) * self._per_second)
        bucket.filled = now
        self._buckets.move_to_end(key)
        # The one used longest ago goes: it is full again anyway, unless ten thousand others came since.
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket


def per_actor(limiter: Limiter) -> Callable[[Actor], Awaitable[None]]:
    """For `Depends`: counts each actor's requests by itself."""

    async def limited(actor: CurrentActor) -> None:
        limiter.take(f"{actor.unit}/{actor.person}")

    return limited


def whole_door(limiter: Limiter, name: str) -> Callable[[], Awaitable[None]]:
    """For `Depends`: counts all requests to a door together, for the public, of whom nothing is kept."""

    async def limited() -> None:
        limiter.take(name)

    return limited
