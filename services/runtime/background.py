"""The tasks of one kind (consumers, relays) that a process keeps running."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from services.runtime.service import Background


class Group:
    """Starts and stops tasks together. One that ends before it was asked to is reported through `died`."""

    def __init__(self, kind: str, runs: Sequence[Background], died: Callable[[str], None]) -> None:
        self._kind = kind
        self._runs = runs
        self._died = died
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start every task; returns at once."""
        for number, background in enumerate(self._runs):
            task = asyncio.create_task(self._work(background), name=f"{self._kind}-{number}")
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    async def stop(self, seconds: float) -> None:
        """Ask every task to finish; one that needs longer than `seconds` is cancelled and repeats after a restart."""
        self._stop.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            structlog.get_logger().warning("background_task_cut_off", part=task.get_name(), after=seconds)
            task.cancel()
        await asyncio.wait(self._tasks)

    async def _work(self, background: Background) -> None:
        await background(self._stop)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None and self._stop.is_set():
            return
        structlog.get_logger().error("background_task_died", part=task.get_name(), exc_info=error)
        self._died(task.get_name())
