"""What the table of the hot paths is made of: floor and ours interleaved, on the same servers, in one run."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from random import Random

from bench.figure import Figure
from bench.hot import consume, relay
from bench.hot.figures import compared
from bench.hot.ground import Ground, ground

EVENTS = 30_000
LEAST_CONSUME, LEAST_RELAY = 0.7, 0.6

Tell = Callable[[str], object]


def paths(tell: Tell, seed: int) -> list[Figure]:
    """The paths that need no service."""
    return asyncio.run(_paths(tell, Random(seed)))


async def _paths(tell: Tell, random: Random) -> list[Figure]:
    _as_a_service()
    async with ground() as found:
        await found.fill(EVENTS, random)
        await relay.ours(found, EVENTS)
        tell(f"{EVENTS:,} sealed events are in the outbox and on the log")
        # The log first: each round of the relay writes it whole once more.
        return [await _consume(found, tell), await _relay(found, tell)]


async def _consume(found: Ground, tell: Tell) -> Figure:
    floor, ours = lambda: consume.floor(found, EVENTS), lambda: consume.ours(found, EVENTS)
    return await compared("consume", floor, ours, LEAST_CONSUME, tell)


async def _relay(found: Ground, tell: Tell) -> Figure:
    floor, ours = lambda: relay.floor(found, EVENTS), lambda: relay.ours(found, EVENTS)
    return await compared("relay", floor, ours, LEAST_RELAY, tell)


def _as_a_service() -> None:
    """The collector as every service of ours has it after its start; the floor profits too."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


MEASURES: Sequence[tuple[str, Callable[[Tell, int], list[Figure]]]] = (("the hot paths", paths),)
