"""Work that ends when somebody asks for it, by Ctrl-C or as a service manager does."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def until_asked(work: Coroutine[Any, Any, T]) -> T | None:
    """The work's result, or None where SIGINT or SIGTERM came first; what it had begun is then ended by itself.

    A second signal changes nothing: cutting short the ending would leave processes behind.
    """
    task = asyncio.ensure_future(work)
    asked = asyncio.Event()

    def ask() -> None:
        if not asked.is_set():
            asked.set()
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    try:
        return await task
    except asyncio.CancelledError:
        if not asked.is_set():
            raise
        return None
