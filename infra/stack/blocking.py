"""Waits for a coroutine from code that does not await."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result, from a loop in a thread of its own: the caller may have a loop already."""
    with ThreadPoolExecutor(1, thread_name_prefix="stack-loop") as pool:
        return pool.submit(asyncio.run, coroutine).result()
