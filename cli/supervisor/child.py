"""One supervised process: started, listened to, started again when it dies, stopped when asked."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cli.supervisor.roster import Program

Say = Callable[[str, str], None]
"""Called with a program's name and one line that it printed."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0
MOST_DEATHS, WITHIN_SECONDS = 6, 60.0
_LINE_BYTES = 1024 * 1024


class State(StrEnum):
    """Where a child stands."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting to restart"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass
class Child:
    """A program under supervision. `keep` returns when it has ended for good, and its state says how."""

    program: Program
    environment: Mapping[str, str]
    say: Say
    started: Callable[[str, int], None]
    """Called with the program's name and its new process id."""
    state: State = State.STARTING
    restarts: int = 0
    pid: int | None = None
    _process: asyncio.subprocess.Process | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _deaths: list[float] = field(default_factory=list)

    async def keep(self) -> None:
        """Run the program until it is stopped, has done its work, or dies too often to go on."""
        while not self._ended(code := await self._once()):
            await self._pause(code)
            if self._stopping.is_set():
                self.state = State.STOPPED
                return

    def kill(self) -> bool:
        """SIGKILL, as a crash would; whether there was a process to kill."""
        return self._signal(signal.SIGKILL)

    async def stop(self, seconds: float) -> None:
        """Ask it to end, wait, and SIGKILL it after `seconds`."""
        self._stopping.set()
        process = self._process
        if not self._signal(signal.SIGTERM) or process is None:
            return
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            self.say(self.program.name, f"did not end within {seconds:.0f} s: killed")
            self.kill()

    async def _once(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *self.program.command(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(self.environment),
            limit=_LINE_BYTES,
            start_new_session=True,
        )
        self._process, self.pid, self.state = process, process.pid, State.RUNNING
        self.started(self.program.name, process.pid)
        if self._stopping.is_set():
            self._signal(signal.SIGTERM)
        if process.stdout is not None:
            async for line in _lines(process.stdout):
                self.say(self.program.name, line)
        return await process.wait()

    async def _pause(self, code: int) -> None:
        self.state = State.WAITING
        self.restarts += 1
        pause = min(FIRST_PAUSE * 2 ** (len(self._deaths) - 1), LONGEST_PAUSE)
        self.say(self.program.name, f"ended with {code}: started again in {pause:.2g} s")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), pause)

    def _ended(self, code: int) -> bool:
        if self._stopping.is_set():
            self.state = State.STOPPED
        elif code == 0 and self.program.may_end:
            self.state = State.DONE
        elif self._too_often():
            self.state = State.FAILED
            self.say(self.program.name, f"died {MOST_DEATHS} times within {WITHIN_SECONDS:.0f} s: given up")
        return self.state in {State.STOPPED, State.DONE, State.FAILED}

    def _too_often(self) -> bool:
        now = asyncio.get_running_loop().time()
        self._deaths = [*(at for at in self._deaths if now - at < WITHIN_SECONDS), now]
        return len(self._deaths) >= MOST_DEATHS

    def _signal(self, number: signal.Signals) -> bool:
        if self._process is None or self._process.returncode is not None:
            return False
        self._process.send_signal(number)
        return True


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            # A line over the limit was dropped by the reader; what follows it is still worth showing.
            continue
        if not line:
            return
        yield line.decode("utf-8", "replace").rstrip("\n")
