"""Where samples come from: each source is asked at a scrape, and one that does not answer keeps no other back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from services.runtime.metrics.catalogue import SOURCE_FAILED
from services.runtime.metrics.metric import Sample
from services.runtime.problems import Passing

SECONDS = 4.0
"""How long a source may take, longer than readiness gives the broker; Prometheus gives a whole scrape 10 s."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """Reads some numbers of the process or of what it stands on. `name` is for people."""

    name: str
    read: Callable[[], Awaitable[Sequence[Sample]]]


async def read_all(sources: Sequence[Source], passing: Passing) -> list[Sample]:
    """What every source says now, all asked at once, and of each whether it could be read.

    A source that meets an outage, as `passing` tells it, or takes too long, gives nothing; any other error is raised.
    """
    found = await asyncio.gather(*(_read(source, passing) for source in sources))
    failed = [
        Sample(SOURCE_FAILED, {"source": source.name}, float(samples is None))
        for source, samples in zip(sources, found, strict=True)
    ]
    return [*failed, *(sample for samples in found if samples is not None for sample in samples)]


async def _read(source: Source, passing: Passing) -> Sequence[Sample] | None:
    try:
        async with asyncio.timeout(SECONDS):
            return await source.read()
    except Exception as error:
        if not (isinstance(error, TimeoutError) or passing(error)):
            raise
        log.info("source_not_read", source=source.name, error=type(error).__name__)
        return None
