"""The drill: parts of the bus are SIGKILLed in mid-story, and the story must end as if nothing had happened."""

import asyncio
import signal
from collections.abc import Callable, Sequence

from cli.stack import home, stack, units_in_force
from cli.supervisor.supervisor import Supervisor
from infra.stack.processes import Processes

BROKER = "broker"
KAFKA = "kafka"
NAMES = ("notifications", "cases", BROKER, "intake", "gateway", "console", "customs-adapter")


class Drill:
    """Kills each named part once, at even steps of the way. `watch` returns when the last is dead and up again."""

    def __init__(self, names: Sequence[str], supervisor: Supervisor, tell: Callable[[str], None]) -> None:
        self._names = tuple(names)
        self._supervisor = supervisor
        self._tell = tell
        self.killed: list[str] = []

    async def watch(self, done: Callable[[], float], changed: asyncio.Event) -> None:
        """Kill the k-th of n parts when k/(n+1) of the way is done (a share of 1); `changed` is set as more arrives."""
        for place, name in enumerate(self._names, 1):
            while done() < place / (len(self._names) + 1):
                changed.clear()
                await changed.wait()
            await self._kill(name)

    async def _kill(self, name: str) -> None:
        self._tell(f"drill: SIGKILL {name} now")
        if name == BROKER:
            await asyncio.to_thread(kill_broker)
            await asyncio.to_thread(start_again)
        elif not self._supervisor.children[name].kill():
            message = f"{name} was not running, so it could not be killed"
            raise RuntimeError(message)
        self.killed.append(name)


def kill_broker() -> None:
    """SIGKILL the Kafka of this home; raises RuntimeError where none runs."""
    found = Processes(home().processes).find(KAFKA)
    process = found.process() if found else None
    if process is None:
        message = "the broker is not running, so it could not be killed"
        raise RuntimeError(message)
    process.send_signal(signal.SIGKILL)
    process.wait()


def start_again() -> None:
    """Start what died of Kafka and PostgreSQL, on the same ports with the same data."""
    from datetime import UTC, datetime

    stack().up(home(), units_in_force(datetime.now(UTC)))
