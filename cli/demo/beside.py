"""One piece of work with others running beside it for as long as it lasts."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def beside(main: Coroutine[Any, Any, T], *others: Coroutine[Any, Any, None]) -> T:
    """The main part's result. Whatever runs beside it is cancelled then; if that fails first, the whole fails with it.

    One of the others that ends by itself is no failure.
    """
    lead = asyncio.create_task(main)
    pending: set[asyncio.Task[Any]] = {lead, *(asyncio.create_task(other) for other in others)}
    everyone = tuple(pending)
    try:
        while not lead.done():
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {lead}:
                task.result()
        return lead.result()
    finally:
        for task in everyone:
            task.cancel()
        await asyncio.gather(*everyone, return_exceptions=True)
