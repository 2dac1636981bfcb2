"""Live pages listened to from outside: every byte that came, kept until somebody asks."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from bus_people import Proof

_PATIENCE_SECONDS = 30.0
_STREAM = re.compile(r'data-stream="([^"]+)"')


@dataclass
class Stream:
    """One open stream; `heard` grows as bytes come."""

    where: str
    actor: Proof
    heard: bytearray = field(default_factory=bytearray)
    status: int = 0
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def listen(self, client: httpx2.AsyncClient) -> None:
        """Read until the server ends it or the task is cancelled."""
        headers = {"Cookie": f"phoihop_session={self.actor.session}"}
        async with client.stream("GET", self.where, headers=headers, timeout=None) as answer:
            await self._note(b"", answer.status_code)
            async for part in answer.aiter_raw():
                await self._note(part, answer.status_code)

    async def until(self, count: int, event: bytes) -> None:
        """Return once the event has come so many times; raises TimeoutError telling what came instead."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self._came:
                await self._came.wait_for(lambda: bytes(self.heard).count(b"event: " + event) >= count)
        except TimeoutError:
            message = f"{self.actor.name} at {self.where} ({self.status}): {event!r} x {count} not in {self.heard!r}"
            raise TimeoutError(message) from None

    async def opened(self) -> None:
        """Return once the server has begun to answer."""
        async with asyncio.timeout(_PATIENCE_SECONDS), self._came:
            await self._came.wait_for(lambda: self.status != 0)

    async def _note(self, part: bytes, status: int) -> None:
        async with self._came:
            self.status = status
            self.heard += part
            self._came.notify_all()


async def page_streams(client: httpx2.AsyncClient, actor: Proof, case: str) -> list[Stream]:
    """The streams of the page of a case and of the list, as the pages themselves begin them."""
    found = []
    for page in (f"/cases/{case}", "/cases"):
        answer = await client.get(page, headers={"Cookie": f"phoihop_session={actor.session}"})
        answer.raise_for_status()
        begun = _STREAM.search(answer.text)
        if begun is None:
            raise LookupError(f"{page} begins no stream")
        found.append(Stream(html.unescape(begun[1]), actor))
    return found


@asynccontextmanager
async def listening(client: httpx2.AsyncClient, *streams: Stream) -> AsyncIterator[None]:
    """The streams, open inside the block. Raises what made one of them fail."""
    tasks = [asyncio.create_task(stream.listen(client)) for stream in streams]
    try:
        await asyncio.gather(*(stream.opened() for stream in streams))
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [error for error in ended if isinstance(error, Exception)]
    if failures:
        raise ExceptionGroup("streams broke", failures)
