"""A live stream may be cut off at any moment; what it was reading then is not."""

import asyncio

from services.console.api.streams import unbroken


async def test_a_read_goes_on_to_its_end_though_its_viewer_has_gone() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def reading() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    stream = asyncio.create_task(unbroken(reading()))
    await begun.wait()
    stream.cancel()
    await asyncio.wait([stream])
    may_end.set()

    assert stream.cancelled()
    async with asyncio.timeout(5):
        await ended.wait()
