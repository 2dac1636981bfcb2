"""Everything that one run of the demo holds: the people, the feeds they read, the units' consumers, the ledger."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2

import reference
from cli.demo.beside import beside
from cli.demo.cast import Cast, demo_password, parts
from cli.demo.desk import Desks
from cli.demo.feed import Feed
from cli.demo.ledger import Ledger
from cli.demo.machine import Machine
from cli.demo.officers import Officers
from cli.demo.person import Person
from cli.demo.player import Player
from cli.demo.progress import Progress
from cli.demo.story import StoryTip
from cli.demo.witness import Witness
from cli.unit_topic import Access
from infra.stack.home import Home
from infra.stack.info import StackInfo
from schemas.reference.book import ReferenceBook
from schemas.reference.rows import Unit
from schemas.reference.validity import vietnam_date

MACHINE_AGENCY = "customs"
"""The agency whose units send their commands on Kafka; the others act by hand."""

_KEYS = uuid.UUID("6b1f2f0e-3891-5e0a-9b57-389389389389")


@dataclass(frozen=True, slots=True)
class Stage:
    """One run, ready to play."""

    cast: Cast
    admin: Person
    units: tuple[Unit, ...]
    ledger: Ledger
    progress: Progress
    password: str
    access: Access
    client: httpx2.AsyncClient
    urls: Mapping[str, str]
    killed: list[str] = field(default_factory=list)
    """Parts that the drill killed and that came back."""

    @property
    def agency(self) -> dict[str, str]:
        """Unit to agency."""
        return {unit.code: unit.agency for unit in self.units}

    def share_done(self, due: int, tips: int) -> float:
        """How much of the way is done: two thirds is what must arrive, a third the tips that must be told.

        Signals come first and fast, so that a drill of three parts kills two while signals flow and one in the story.
        """
        told = self.ledger.counts.get("entered", 0)
        return min(1.0, self.progress.arrived() / due) * 2 / 3 + told / tips / 3

    async def play(self, story: Sequence[StoryTip], tell: Callable[[str], None], pace: float) -> None:
        """Play the story up to what is held late; raises what made it stop."""
        feeds = {unit.code: Feed(unit.code, self.cast.officer(unit.code)) for unit in self.units}
        machines = {unit.code: Machine(self.access, unit.code) for unit in self.units if unit.agency == MACHINE_AGENCY}
        officers = Officers(self.cast, feeds, machines, self.ledger)
        player = Player(self._desks(), officers, self.ledger, tell, pace)
        await beside(player.play(story, key_of, lambda: datetime.now(UTC)), *(feed.follow() for feed in feeds.values()))

    async def hold(self, story: Sequence[StoryTip], pace: float) -> None:
        """Hold what the story holds late; raises RefusedError."""
        for tip in story:
            if tip.held_later:
                await self._desks().hold(tip)
                await asyncio.sleep(pace)

    def _desks(self) -> Desks:
        return Desks(self.cast, self.ledger, key_of, vietnam_date(datetime.now(UTC)))


@asynccontextmanager
async def staged(home: Home, urls: Mapping[str, str]) -> AsyncIterator[Stage]:
    """People, consumers and ledger of one run over a stack that is up."""
    units = ReferenceBook.load(reference.folder()).units_at(vietnam_date(datetime.now(UTC)))
    info = StackInfo.model_validate_json(home.info.read_text("utf-8"))
    access = Access(info.kafka.agency, Path(info.kafka.ca), home.secrets / "kafka")
    password = demo_password(home.secrets)
    async with AsyncExitStack() as held:
        limits = httpx2.Limits(max_connections=200, max_keepalive_connections=100)
        client = await held.enter_async_context(httpx2.AsyncClient(trust_env=False, timeout=40.0, limits=limits))
        witness = held.enter_context(Witness(access, [unit.code for unit in units]))
        admin = Person(client, urls, "admin", (home.secrets / "directory-admin").read_text("utf-8").strip())
        cast = Cast(client, urls, password)
        progress = Progress(witness)
        yield Stage(cast, admin, units, Ledger(), progress, password, access, client, urls)


async def enrol(stage: Stage) -> None:
    """Make everyone of the story known to directory."""
    await stage.cast.enrol(stage.admin, parts(stage.units))


def key_of(act: str) -> str:
    """The Idempotency-Key of one act of the story: the same act is the same write, however often it is sent."""
    return str(uuid.uuid5(_KEYS, hashlib.sha256(act.encode()).hexdigest()))
