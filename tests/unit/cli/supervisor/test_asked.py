"""SIGINT and SIGTERM end the work in good order, once."""

import asyncio
import os
import signal

import pytest

from cli.supervisor.asked import until_asked


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_work_and_its_endings_run_though_it_comes_twice(number: int) -> None:
    seen: list[str] = []

    async def work() -> str:
        try:
            os.kill(os.getpid(), number)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), number)
            # The second signal is handled by now, and has not cut this short.
            await asyncio.sleep(0.01)
            seen.append("ended")
        return "never"

    assert await until_asked(work()) is None
    assert seen == ["ended"]


async def test_without_a_signal_the_result_is_the_works() -> None:
    async def work() -> int:
        return 7

    assert await until_asked(work()) == 7


async def test_a_fault_of_the_work_is_not_taken_for_a_request_to_stop() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    async def broken() -> None:
        raise LookupError

    with pytest.raises(asyncio.CancelledError):
        await until_asked(cancelled())
    with pytest.raises(LookupError):
        await until_asked(broken())
