"""The tracing of a process as its settings ask for it."""

import asyncio
from contextlib import AsyncExitStack

import structlog

from services.runtime.settings import Settings
from services.runtime.tracing.port import NO_TRACING, ServiceTracing


def tracing_of(settings: Settings, service: str, closers: AsyncExitStack, *, outward: bool = False) -> ServiceTracing:
    """No tracing where no endpoint is set; else spans of `settings.traces_share` of all traces, sent in the background.

    An endpoint that does not answer loses spans and nothing else. `outward` is for a process whose callers are
    strangers: their word about traces is not taken.
    """
    if not settings.traces_endpoint:
        return NO_TRACING
    from services.runtime.tracing.sdk import begun  # noqa: PLC0415 - only a process that sends traces pays for the SDK

    tracing, end = begun(settings.traces_endpoint, settings.traces_share, service, outward=outward)

    async def close() -> None:
        await asyncio.to_thread(end)

    closers.push_async_callback(close)
    structlog.get_logger().info("traces_sent", endpoint=settings.traces_endpoint, share=settings.traces_share)
    return tracing
