"""Whether the brokers answer: asked with a client of its own, so that what the others are busy with does not matter."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol


class Asking(Protocol):
    """What is needed of a client."""

    async def bootstrap(self) -> None:
        """Connect and sign in."""

    async def fetch_all_metadata(self) -> Any:
        """Ask a broker which topics and brokers there are."""


class Pulse:
    """Asks when it is asked, never by itself, and one question at a time however many wait for its answer.

    `make` gives a client, `end` takes leave of one, `failures` are what they raise. A question that is not answered
    stays open: a broker that comes back answers it, or its connection ends and the next question makes another.
    """

    def __init__(
        self,
        make: Callable[[], Asking],
        end: Callable[[Asking], Awaitable[None]],
        failures: tuple[type[Exception], ...],
    ) -> None:
        self._make = make
        self._end = end
        self._failures = failures
        self._client: Asking | None = None
        self._question: asyncio.Task[str | None] | None = None

    async def missing(self, seconds: float) -> str | None:
        """None when a broker answered within so many seconds, else why not."""
        question = self._question
        if question is None or question.done():
            question = self._question = asyncio.create_task(self._ask(), name="broker-pulse")
        answered, _ = await asyncio.wait({question}, timeout=seconds)
        return question.result() if answered else f"does not answer within {seconds:g} s"

    async def close(self) -> None:
        """Withdraw the open question and let go of the connection."""
        if self._question is not None:
            self._question.cancel()
            await asyncio.wait({self._question})
        await self._drop()

    async def _ask(self) -> str | None:
        try:
            if self._client is None:
                self._client = self._make()
                await self._client.bootstrap()
            await self._client.fetch_all_metadata()
        except self._failures as error:
            # The brokers may come back elsewhere: the next question begins at the bootstrap addresses.
            await self._drop()
            return type(error).__name__
        return None

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await self._end(client)
