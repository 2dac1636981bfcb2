"""Stops a coroutine at an await of one's choice: for ever, as a crash does, or for a while, as freezing does."""

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any

At = Callable[[frozenset[str]], float]
"""Told the names of the functions that are waiting; returns for how long they stand still after this wait."""


@types.coroutine
def stepped(work: Coroutine[Any, Any, Any], at: At) -> Generator[Any, None, Any]:
    """Run the coroutine, asking `at` each time it waits. What it waited for goes on meanwhile, as a server does.

    To crash it, `at` calls `crash()`: nothing after that await happens.
    """
    error: BaseException | None = None
    while True:
        try:
            waits_for = work.send(None) if error is None else work.throw(error)
        except StopIteration as end:
            return end.value
        still = at(waiting(work))
        error = None
        try:
            yield waits_for
            if still:
                yield from asyncio.sleep(still).__await__()
        except BaseException as raised:  # noqa: BLE001 - handed to the coroutine, whose it is
            error = raised


def crash() -> None:
    """End the current task at the await where it is."""
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("only a running task can crash")
    task.cancel()


def waiting(work: Any) -> frozenset[str]:
    """The names of the coroutine functions between this one and what it waits for."""
    names = set()
    while isinstance(work, types.CoroutineType):
        names.add(work.cr_code.co_name)
        work = work.cr_await
    return frozenset(names)
