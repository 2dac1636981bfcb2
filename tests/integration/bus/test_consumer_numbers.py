"""The numbers of a consumer: how far it is behind, how its partitions stand, what it had to try again."""

import asyncio
from typing import Any

import pytest

from bus.gate import State
from bus.identity import uuid7
from consuming import Stage, consumed, said
from schemas.envelope import Event

pytestmark = pytest.mark.integration


class Away(ConnectionError):
    """What a lost connection raises."""


async def test_what_is_not_yet_applied_is_the_lag_and_a_batch_in_hand_is_a_retry(stage: Stage) -> None:
    mended = asyncio.Event()

    def trouble(_event: Event[Any]) -> None:
        if not mended.is_set():
            raise Away

    stage.trouble = trouble
    aggregate = uuid7()
    await stage.say(*(said(aggregate, number) for number in range(1, 8)))
    consumer = stage.consumer()
    async with stage.running(consumer):
        await stage.until(lambda: consumer.retries >= 2)
        behind = await consumer.lag()
        assert sum(behind.values()) == 7
        assert consumer.states()[State.WAITING] == 1
        assert (consumer.batches.count, consumed(consumer)) == (0, 0)
        mended.set()
        await stage.until(lambda: consumed(consumer) == 7)
        assert set((await consumer.lag()).values()) == {0}
        assert consumer.states() == {State.OPEN: 3}

    assert consumer.batches.count >= 1
    assert await consumer.lag() == {}
