"""The servers as processes: started detached, recorded, recognised after a crash, ended."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

#: The kernel gives start times in ticks and a clock step shifts them a little; a pid is not given
#: out again within this time.
_SAME_START_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Tracked:
    """A process that this stack started: a pid alone may since belong to somebody else."""

    name: str
    pid: int
    started: float

    def process(self) -> psutil.Process | None:
        """The live process, or None when it ended or its pid now names another one."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _SAME_START_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def alive(self) -> bool:
        """Whether that very process still runs."""
        return self.process() is not None


def myself(name: str) -> Tracked:
    """This very process, to be recognised by others later."""
    return Tracked(name, os.getpid(), psutil.Process().create_time())


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that a server runs as when the stack is started by root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Processes:
    """The record of what was started, kept in one JSON file."""

    path: Path

    def all(self) -> list[Tracked]:
        """Everything on record, alive or not."""
        if not self.path.exists():
            return []
        return [Tracked(**row) for row in json.loads(self.path.read_text(encoding="utf-8"))]

    def find(self, name: str) -> Tracked | None:
        """The live process of that name, if any."""
        return next((tracked for tracked in self.all() if tracked.name == name and tracked.alive()), None)

    def add(self, tracked: Tracked) -> None:
        """Put a process on record, replacing an earlier one of its name."""
        self._write([*(other for other in self.all() if other.name != tracked.name), tracked])

    def forget(self, name: str) -> None:
        """Take a name off the record."""
        self._write([tracked for tracked in self.all() if tracked.name != name])

    def _write(self, rows: Sequence[Tracked]) -> None:
        staged = self.path.with_suffix(f".{os.getpid()}")
        staged.write_text(json.dumps([asdict(row) for row in rows], indent=2), encoding="utf-8")
        staged.replace(self.path)


def start(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
) -> Tracked:
    """Start a server in a session of its own, so that it outlives this command and its terminal.

    What it prints is appended to `log`.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            cwd="/",
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    started = psutil.Process(process.pid).create_time()
    # The record owns it from here: without a result the object would warn that its child still runs.
    process.returncode = 0
    return Tracked(name, process.pid, started)


def end(tracked: Tracked, number: signal.Signals, seconds: float) -> None:
    """Send `number` and wait; after `seconds` SIGKILL it with its children. Returns once it is gone."""
    process = tracked.process()
    if process is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        children = process.children(recursive=True)
        process.send_signal(number)
        _, alive = psutil.wait_procs([process], timeout=seconds)
        for survivor in [*alive, *children] if alive else []:
            with contextlib.suppress(psutil.NoSuchProcess):
                survivor.kill()
        psutil.wait_procs([process, *children], timeout=seconds)
