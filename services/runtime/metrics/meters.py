"""The meters of one process: which sources it has, and what may be seen of them. Knows neither database nor broker."""

import asyncio
from dataclasses import dataclass, field

from schemas.topics import Topics
from services.runtime.health import Health
from services.runtime.metrics import sources_process
from services.runtime.metrics.exposition import text_of
from services.runtime.metrics.http import HttpNumbers, http_source
from services.runtime.metrics.source import Source, read_all
from services.runtime.metrics.stepping import Steps
from services.runtime.problems import Passing
from services.runtime.settings import Settings

SCRAPE_TOKEN = "scrape-token"  # noqa: S105 - the name of the secret's file


@dataclass(slots=True)
class Meters:
    """Made by the composition root, which adds what its process has. `token` opens the door to the numbers."""

    token: str
    topics: Topics
    sources: list[Source] = field(default_factory=list)
    http: HttpNumbers = field(default_factory=HttpNumbers)
    _steps: Steps = field(default_factory=Steps)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.add(http_source(self.http))

    @classmethod
    def of(cls, settings: Settings) -> "Meters":
        """Those that every process has. Raises `MissingFile` where the stack has made no scrape token."""
        meters = cls(settings.secrets.read(SCRAPE_TOKEN), settings.topics)
        home = sources_process.home_source(settings.home, sources_process.certificate_expiry)
        meters.add(sources_process.process_source(), home)
        return meters

    def add(self, *sources: Source) -> None:
        """Read these too at every scrape."""
        self.sources.extend(sources)

    def ready(self, health: Health) -> "Meters":
        """These, with readiness part by part."""
        self.add(sources_process.ready_source(health))
        return self

    async def text(self, passing: Passing) -> bytes:
        """All numbers now. One reading at a time: who asks meanwhile waits for its own."""
        async with self._reading:
            return text_of(self._steps.shown(await read_all(self.sources, passing)))
