"""A run is judged when all has arrived and it is quiet, and given up only after silence that began while waiting."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.demo import progress as module
from cli.demo.progress import Progress, StalledError
from cli.demo.witness import Witness
from cli.received import Received
from cli.unit_topic import Access

EVENT = Received("ca-79", 0, 1, None, "e-1", "tip.received", "t-1", "full", {}, 1.0)


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch) -> Progress:
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(module, "STALLED_SECONDS", 0.3)
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.01)
    return Progress(Witness(Access("127.0.0.1:9", Path("ca.pem"), Path("secrets")), ()))


def one_is_due(received: Sequence[Received]) -> int:
    return 1 - len(received)


async def test_it_ends_when_what_was_missing_has_arrived_and_nothing_more_comes(progress: Progress) -> None:
    looking = asyncio.create_task(progress.look())
    waiting = asyncio.create_task(progress.complete(one_is_due))
    await asyncio.sleep(0)
    progress.witness.received.append(EVENT)

    await asyncio.wait_for(waiting, 5)
    assert progress.changed.is_set()
    assert progress.arrived() == 1
    looking.cancel()


async def test_silence_while_something_is_missing_is_a_stall(progress: Progress) -> None:
    with pytest.raises(StalledError):
        await asyncio.wait_for(progress.complete(one_is_due), 5)


async def test_silence_before_anybody_waited_is_none(progress: Progress) -> None:
    progress.last_change = time.monotonic() - 100
    began = time.monotonic()

    with pytest.raises(StalledError):
        await progress.complete(one_is_due)
    assert time.monotonic() - began >= 0.3


async def test_a_witness_that_failed_ends_the_look(progress: Progress) -> None:
    progress.witness.failure = ValueError("not an event")

    with pytest.raises(ValueError, match="not an event"):
        await progress.look()
