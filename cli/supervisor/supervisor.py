"""All children together: started at once, watched until ready, stopped in the order of the listing."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cli.supervisor.child import Child, Say, State
from cli.supervisor.record import Record
from cli.supervisor.roster import Program
from infra.stack.home import Home

if TYPE_CHECKING:
    import httpx2

READY_SECONDS = 120.0
STOP_SECONDS = 20.0
WATCH_SECONDS = 5.0
_ASK_AGAIN = 0.05


class NotReadyError(Exception):
    """Programs did not become ready; the message says why, `names` says which."""

    def __init__(self, message: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class Health:
    """How one program is: its process state, what its readiness door says, how often it was started again."""

    name: str
    state: State
    ready: bool
    reason: str
    pid: int | None
    restarts: int


class Supervisor:
    """Runs programs as children of this process. Use as an async context manager: leaving it stops them all."""

    def __init__(
        self, home: Home, programs: Sequence[Program], urls: Mapping[str, str], say: Say, settings: Mapping[str, str]
    ) -> None:
        self._record = Record(home, [program.name for program in programs])
        self._say = say
        self.urls = urls
        environment, started = {**environment_of(home), **settings}, self._record.started
        self.children = {program.name: Child(program, environment, say, started) for program in programs}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        """Start them all; raises AlreadyUpError where another supervisor holds this home."""
        await asyncio.to_thread(self._record.begin, self._say)
        for name in self.children:
            self.start(name)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def start(self, name: str) -> None:
        """Start one program, or start it anew after it ended for good."""
        self._tasks[name] = asyncio.create_task(self.children[name].keep(), name=f"keep-{name}")

    async def stop(self) -> None:
        """Ask all to end at once and wait for them; a second call finds nothing to do."""
        await asyncio.gather(*(child.stop(STOP_SECONDS) for child in self.children.values()))
        await asyncio.gather(*self._tasks.values())

    async def ready(self, client: "httpx2.AsyncClient", seconds: float = READY_SECONDS) -> None:
        """Return when every program with a door is ready; raises NotReadyError naming the first that is not."""
        waiting = [self._until_ready(client, name) for name, child in self.children.items() if child.program.has_door]
        try:
            await asyncio.wait_for(asyncio.gather(*waiting), seconds)
        except TimeoutError:
            late = [health for health in await self.health(client) if not health.ready]
            named = "; ".join(f"{health.name}: {health.reason}" for health in late)
            message = f"not ready after {seconds:.0f} s: {named}"
            raise NotReadyError(message, [health.name for health in late]) from None

    async def health(self, client: "httpx2.AsyncClient") -> list[Health]:
        """How every program is at this moment, in the order of the listing."""
        return list(await asyncio.gather(*(self._health(client, name) for name in self.children)))

    async def watch(self, client: "httpx2.AsyncClient", every: float = WATCH_SECONDS) -> None:
        """Tell, for as long as it runs, each program that is not ready any more and each that is again."""
        missing: set[str] = set()
        while True:
            found = await self.health(client)
            for health in found:
                if not health.ready and health.name not in missing:
                    self._say(health.name, f"is not ready: {health.reason or health.state}")
                elif health.ready and health.name in missing:
                    self._say(health.name, "is ready again")
            missing = {health.name for health in found if not health.ready}
            await asyncio.sleep(every)

    async def failed(self) -> str:
        """Wait until a program has died too often; returns its name."""
        while not (names := [name for name, child in self.children.items() if child.state is State.FAILED]):
            pending = [task for task in self._tasks.values() if not task.done()]
            if not pending:
                await asyncio.Event().wait()
            await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        return names[0]

    async def _until_ready(self, client: "httpx2.AsyncClient", name: str) -> None:
        while not (found := await self._health(client, name)).ready:
            if found.state is State.FAILED:
                message = f"{name} died too often; its last lines above say why"
                raise NotReadyError(message, [name])
            await asyncio.sleep(_ASK_AGAIN)

    async def _health(self, client: "httpx2.AsyncClient", name: str) -> Health:
        child = self.children[name]
        ready, reason = await self._door(client, name) if child.program.has_door else (_well(child), "")
        return Health(name, child.state, ready, reason, child.pid, child.restarts)

    async def _door(self, client: "httpx2.AsyncClient", name: str) -> tuple[bool, str]:
        import httpx2

        try:
            answer = await client.get(f"{self.urls[name]}/readyz")
        except httpx2.TransportError as error:
            return False, f"does not answer ({type(error).__name__})"
        return answer.is_success, "" if answer.is_success else _told(answer)


def environment_of(home: Home) -> dict[str, str]:
    """What children inherit: this environment, the home, and the checkout on the path whatever folder we stand in."""
    checkout = str(Path(__file__).parents[2])
    return {**os.environ, "PHOIHOP_HOME": str(home.root), "PYTHONPATH": checkout, "PYTHONUNBUFFERED": "1"}


def _told(answer: "httpx2.Response") -> str:
    """The words of a problem, or what else the door said."""
    if answer.headers.get("content-type") == "application/problem+json":
        return str(answer.json()["en"])
    return answer.text[:300]


def _well(child: Child) -> bool:
    return child.state in {State.RUNNING, State.DONE}
