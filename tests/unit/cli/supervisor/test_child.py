"""A supervised program is started again when it dies, given up when it dies too often, and stopped when asked."""

import asyncio
import os
import sys
from dataclasses import dataclass, field

import pytest

from cli.supervisor import child as module
from cli.supervisor.child import Child, State
from cli.supervisor.roster import Program


@dataclass(frozen=True)
class Script(Program):
    """A program given as text."""

    code: str = ""

    def command(self) -> list[str]:
        """The interpreter with the text."""
        return [sys.executable, "-u", "-c", self.code]


@dataclass
class Heard:
    """What a child said and which processes it had; `wait_for` returns once a line was heard."""

    lines: list[str] = field(default_factory=list)
    pids: list[int] = field(default_factory=list)
    stirred: asyncio.Condition = field(default_factory=asyncio.Condition)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def say(self, _: str, line: str) -> None:
        self.lines.append(line)
        self.tasks.append(asyncio.create_task(self._stir()))

    def started(self, _: str, pid: int) -> None:
        self.pids.append(pid)

    async def wait_for(self, line: str, times: int = 1) -> None:
        async with asyncio.timeout(20), self.stirred:
            await self.stirred.wait_for(lambda: self.lines.count(line) >= times)

    async def _stir(self) -> None:
        async with self.stirred:
            self.stirred.notify_all()


def child_of(code: str, heard: Heard, *, may_end: bool = False) -> Child:
    script = Script("script", "none", may_end=may_end, code=code)
    return Child(script, dict(os.environ), heard.say, heard.started)


WAITS = "import signal; print('up'); signal.pause()"


async def test_a_program_that_is_killed_is_started_again_as_another_process() -> None:
    heard = Heard()
    child = child_of(WAITS, heard)
    keeping = asyncio.create_task(child.keep())

    await heard.wait_for("up")
    assert child.kill()
    await heard.wait_for("up", times=2)
    await child.stop(10)
    await keeping

    assert child.state is State.STOPPED
    assert child.restarts == 1
    assert len(set(heard.pids)) == 2


async def test_a_service_that_somebody_ended_politely_is_started_again_all_the_same() -> None:
    heard = Heard()
    child = child_of("import signal; signal.signal(15, lambda *_: exit(0)); print('up'); signal.pause()", heard)
    keeping = asyncio.create_task(child.keep())

    await heard.wait_for("up")
    os.kill(heard.pids[0], 15)
    await heard.wait_for("up", times=2)
    await child.stop(10)
    await keeping

    assert len(set(heard.pids)) == 2


async def test_a_program_whose_work_is_done_is_not_started_again() -> None:
    heard = Heard()
    child = child_of("print('done')", heard, may_end=True)

    await child.keep()

    assert (child.state, heard.lines) == (State.DONE, ["done"])


async def test_a_program_that_dies_again_and_again_is_given_up_and_the_reason_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    heard = Heard()
    child = child_of("raise SystemExit(7)", heard)

    await child.keep()

    assert child.state is State.FAILED
    assert len(heard.pids) == module.MOST_DEATHS
    assert "ended with 7" in heard.lines[0]
    assert "given up" in heard.lines[-1]


async def test_a_program_that_ignores_the_request_to_end_is_killed() -> None:
    heard = Heard()
    child = child_of(
        "import signal; signal.signal(15, signal.SIG_IGN); " + "print('up')\nwhile True: signal.pause()", heard
    )
    keeping = asyncio.create_task(child.keep())

    await heard.wait_for("up")
    await child.stop(0.2)
    await keeping

    assert child.state is State.STOPPED
    assert any("killed" in line for line in heard.lines)


async def test_a_stop_while_it_waits_to_restart_ends_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 60.0)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 60.0)
    heard = Heard()
    child = child_of("raise SystemExit(3)", heard)
    keeping = asyncio.create_task(child.keep())

    await heard.wait_for("ended with 3: started again in 60 s")
    await child.stop(10)
    async with asyncio.timeout(10):
        await keeping

    assert child.state is State.STOPPED
    assert len(heard.pids) == 1
