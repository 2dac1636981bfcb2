"""The whole product of one test run, as `phoihop up` starts it, in a home of its own that is gone with the run."""

import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx2

from cli.supervisor.roster import BUS, Program
from cli.unit_topic import Access
from infra.stack.home import Home, exclusive
from infra.stack.info import StackInfo
from infra.stack.processes import Processes, Tracked, start
from infra.stack.runs import Run, sweep
from schemas.reference.validity import vietnam_date

DECISION = "01/QĐ-BCĐ389 (hư cấu)"
READY_SECONDS = 110.0
END_SECONDS = 30.0
_AGAIN_SECONDS = 0.05
_CHECKOUT = Path(__file__).parents[1]
_BUS, _READY = "bus", "ready"
_ELSEWHERE = ("PHOIHOP_KAFKA", "PHOIHOP_DATABASE", "PHOIHOP_STACK", "PHOIHOP_TOPIC_PREFIX", "PHOIHOP_HOME")


@dataclass(frozen=True, slots=True)
class Bus:
    """A running product: where its doors are, what it logged, and what lies in its home."""

    run: Run

    @property
    def home(self) -> Home:
        """The home of the product: secrets, addresses, logs."""
        return self.run.home

    @property
    def urls(self) -> Mapping[str, str]:
        """Program name to base URL."""
        found: Mapping[str, str] = json.loads((self.home.root / "services.json").read_text("utf-8"))
        return found

    @property
    def programs(self) -> tuple[Program, ...]:
        """The programs that answer HTTP."""
        return tuple(program for program in BUS if program.has_door)

    @property
    def pid(self) -> int:
        """The process of `phoihop up`."""
        found = Processes(self.run.folder / "processes").find(_BUS)
        if found is None:
            raise RuntimeError("phoihop up is not running any more")
        return found.pid

    @property
    def info(self) -> StackInfo:
        """Where the servers are."""
        return StackInfo.model_validate_json(self.home.info.read_text("utf-8"))

    @property
    def access(self) -> Access:
        """How a unit's own system reaches its topics."""
        info = self.info
        return Access(info.kafka.agency, Path(info.kafka.ca), self.home.secrets / "kafka")

    @property
    def today(self) -> str:
        """The day in Viet Nam, as documents are dated."""
        return vietnam_date(datetime.now(UTC)).isoformat()

    def secret(self, name: str) -> str:
        """A secret of the home."""
        return (self.home.secrets / name).read_text("utf-8").strip()

    async def superuser(self) -> asyncpg.Connection:
        """A connection that may read and write everything, as no service may."""
        place = self.info.postgres
        password = self.secret("postgres/postgres")
        return await asyncpg.connect(
            host=place.host, port=place.port, database=place.database, user="postgres", password=password
        )

    def logs(self) -> dict[str, bytes]:
        """Everything that every process of the product printed so far, the servers' logs among it."""
        files = [self.run.folder / f"{_BUS}.log", *sorted(self.home.logs.glob("*.log"))]
        return {file.name: file.read_bytes() for file in files}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing else of this test run writes to the bus inside the block, if it asks by this method too."""
        with exclusive(self.run.folder / "alone.lock"):
            yield


@dataclass(frozen=True, slots=True)
class BusRun:
    """The bus of one test run, started by whichever worker needs it first."""

    run: Run

    def up(self) -> Bus:
        """The bus, ready by the word of each of its readiness doors; raises RuntimeError with its last lines."""
        folder = self.run.folder
        with exclusive(folder / "bus.lock"):
            if not (folder / _READY).exists():
                self._sweep()
                self._start()
                self._await_ready()
                (folder / _READY).touch()
        return Bus(self.run)

    def finish(self) -> None:
        """Stop the product as Ctrl-C would, end what is left of it, and remove the folder."""
        self._own.end(_BUS, signal.SIGTERM, END_SECONDS)
        for record in sorted((self.run.home.root / "programs").glob("*.json")):
            Processes(record.parent).end(record.stem, signal.SIGKILL, END_SECONDS)
        self.run.finish()

    @property
    def _own(self) -> Processes:
        return Processes(self.run.folder / "processes")

    def _sweep(self) -> None:
        """A killed run's programs first: once its folder is gone, nobody would know of them."""
        for owner in self.run.folder.parent.glob("*/owner.json"):
            if not Tracked(**json.loads(owner.read_text("utf-8"))).alive():
                BusRun(Run(owner.parent, self.run.environ)).finish()
        sweep(self.run.folder.parent, self.run.environ)

    def _start(self) -> None:
        environment = {name: value for name, value in self.run.environ.items() if name not in _ELSEWHERE}
        ours = {
            "PHOIHOP_HOME": str(self.run.home.root),
            "PHOIHOP_WEB_CHANNEL_DECISION": DECISION,
            "PYTHONPATH": str(_CHECKOUT),
        }
        command = [sys.executable, "-m", "cli", "up", "--no-agencies"]
        log = self.run.folder / f"{_BUS}.log"
        self._own.add(start(_BUS, command, log=log, environment={**environment, **ours}))

    def _await_ready(self) -> None:
        """Every program's readiness door says yes."""
        deadline = time.monotonic() + READY_SECONDS
        waiting = {program.name for program in BUS if program.has_door}
        with httpx2.Client(trust_env=False, timeout=5.0) as client:
            while waiting:
                waiting -= {name for name in waiting if self._ready(client, name)}
                if self._own.find(_BUS) is None or time.monotonic() > deadline:
                    tail = (self.run.folder / f"{_BUS}.log").read_text("utf-8").splitlines()[-20:]
                    raise RuntimeError("\n".join([f"the bus is not up: {sorted(waiting)} not ready", *tail]))
                time.sleep(_AGAIN_SECONDS)

    def _ready(self, client: httpx2.Client, name: str) -> bool:
        if not (self.run.home.root / "services.json").exists():
            return False
        try:
            return client.get(f"{Bus(self.run).urls[name]}/readyz").is_success
        except httpx2.TransportError:
            return False
