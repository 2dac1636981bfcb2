"""A bus of its own for measurements, started and stopped by the command that everybody uses."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx2

from cli.demo.running import ready
from infra.stack.home import Home
from infra.stack.info import StackInfo

CHECKOUT = Path(__file__).parents[2]
READY_SECONDS, END_SECONDS = 180.0, 60.0
_ELSEWHERE = ("PHOIHOP_KAFKA", "PHOIHOP_DATABASE", "PHOIHOP_STACK", "PHOIHOP_TOPIC_PREFIX", "PHOIHOP_TEST_RUN")
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Living:
    """A home, and the command `phoihop` on it."""

    folder: Path
    environment: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        ours = {
            "PHOIHOP_HOME": str(self.home.root),
            "PYTHONPATH": str(CHECKOUT),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }
        object.__setattr__(self, "environment", {**kept, **ours})

    @property
    def home(self) -> Home:
        """Where the bus keeps its state."""
        return Home(self.folder / "home")

    @property
    def urls(self) -> Mapping[str, str]:
        """Program name to base URL."""
        found: Mapping[str, str] = json.loads((self.home.root / "services.json").read_text("utf-8"))
        return found

    @property
    def info(self) -> StackInfo:
        """Where the servers are."""
        return StackInfo.model_validate_json(self.home.info.read_text("utf-8"))

    def secret(self, name: str) -> str:
        """A secret of the home."""
        return (self.home.secrets / name).read_text("utf-8").strip()

    async def superuser(self) -> asyncpg.Connection:
        """A connection that may read and write everything, as no service may."""
        place = self.info.postgres
        return await asyncpg.connect(
            host=place.host,
            port=place.port,
            database=place.database,
            user="postgres",
            password=self.secret("postgres/postgres"),
            timeout=10,
        )

    def command(self, *words: str) -> list[str]:
        """`phoihop …` under this interpreter."""
        return [sys.executable, "-m", "cli", *words]

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """The command, done; raises RuntimeError with what it printed where its exit code is not 0."""
        command = self.command(*words)
        done = subprocess.run(
            command, env=dict(self.environment), input=given, capture_output=True, text=True, check=False
        )
        if done.returncode:
            message = (
                f"phoihop {' '.join(words)} ended with {done.returncode}\n{done.stdout[-800:]}{done.stderr[-2000:]}"
            )
            raise RuntimeError(message)
        return done

    @asynccontextmanager
    async def up(self) -> AsyncIterator[float]:
        """`phoihop up` until the block ends; gives the seconds until every door was ready, by the door's own word."""
        log, began = self.folder / "up.log", time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.command("up"), env=dict(self.environment), stdout=output, stderr=subprocess.STDOUT
            )
        try:
            await self._until_ready(process, log)
            yield time.monotonic() - began
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(process.wait, END_SECONDS)

    async def _until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + READY_SECONDS
        async with httpx2.AsyncClient(trust_env=False) as client:
            while not await _every_door(client, self.home):
                if process.poll() is not None or time.monotonic() > deadline:
                    message = f"phoihop up did not become ready:\n{log.read_text('utf-8', 'replace')[-3000:]}"
                    raise RuntimeError(message)
                await asyncio.sleep(_LOOK_SECONDS)
            await ready(client, self.urls)


async def _every_door(client: httpx2.AsyncClient, home: Home) -> bool:
    """Whether the addresses of this start are written and each answers; what it answers is looked at afterwards."""
    addresses = home.root / "services.json"
    if not addresses.exists():
        return False
    try:
        for url in json.loads(addresses.read_text("utf-8")).values():
            await client.get(f"{url}/readyz")
    except httpx2.TransportError:
        return False
    return True


@contextmanager
def living() -> Iterator[Living]:
    """An empty home, and nothing left of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="phoihop-bench-"))
    made = Living(folder)
    try:
        yield made
    finally:
        made.run("stack", "reset", "--yes")
        shutil.rmtree(folder)
