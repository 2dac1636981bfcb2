"""Taking leave of aiokafka's clients, which only begin to say goodbye over TLS when they are closed."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any


async def leave(client: Any, end: Callable[[], Awaitable[None]]) -> None:
    """Call `end`, then wait until the connections that the client had are closed."""
    writers = [one._writer for one in client._conns.values() if one._writer is not None]  # noqa: SLF001 - nowhere else
    await end()
    for writer in writers:
        with suppress(OSError):  # a connection that broke is closed too
            await writer.wait_closed()
