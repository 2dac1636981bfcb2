"""Tells open streams that something was committed, so that none of them has to ask all the time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Hub:
    """Fans one wake-up out to every stream. It says only that there is something to read, never what."""

    def __init__(self, wake: asyncio.Event) -> None:
        self._wake = wake
        self._listeners: set[asyncio.Event] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Pass wake-ups on until `stop` is set."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            waking = asyncio.create_task(self._wake.wait())
            await asyncio.wait({stopping, waking}, return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
            self._wake.clear()
            for listener in self._listeners:
                listener.set()
        await stopping

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set after each commit; whoever waits clears it before reading."""
        bell = asyncio.Event()
        self._listeners.add(bell)
        try:
            yield bell
        finally:
            self._listeners.discard(bell)
