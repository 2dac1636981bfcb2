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
#: For the threads of a killed process to let go of its ports; where nobody reaps, an entry stays for ever.
_FADING_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Tracked:
    """A process that this stack started: a pid alone may since belong to somebody else."""

    name: str
    pid: int
    started: float

    def process(self) -> psutil.Process | None:
        """The live process, or None when it ended or its pid now names another one."""
        process = self.entry()
        try:
            return process if process and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def entry(self) -> psutil.Process | None:
        """Its entry in the process table, which a process that ended may keep for a moment, and its ports with it."""
        try:
            process = psutil.Process(self.pid)
            return process if abs(process.create_time() - self.started) < _SAME_START_SECONDS else None
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
    """The record of what was started: one file a name, so that servers starting side by side do not collide."""

    folder: Path

    def recorded(self, name: str) -> Tracked | None:
        """What was started under that name and not ended since, alive or not."""
        path = self._path(name)
        return Tracked(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def every(self) -> list[Tracked]:
        """Everything on record, alive or not, by name."""
        names = sorted(path.stem for path in self.folder.glob("[!.]*.json"))
        return [tracked for name in names if (tracked := self.recorded(name)) is not None]

    def find(self, name: str) -> Tracked | None:
        """The live process of that name, if any."""
        tracked = self.recorded(name)
        return tracked if tracked is not None and tracked.alive() else None

    def add(self, tracked: Tracked) -> None:
        """Put a process on record, replacing an earlier one of its name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        staged = self.folder / f".{tracked.name}.{os.getpid()}"
        staged.write_text(json.dumps(asdict(tracked)), encoding="utf-8")
        staged.replace(self._path(tracked.name))

    def end(self, name: str, farewell: signal.Signals, seconds: float) -> None:
        """End what is on record under that name, if it still runs, and forget it."""
        tracked = self.recorded(name)
        if tracked is not None:
            end(tracked, farewell, seconds)
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def begin_log(log: Path) -> None:
    """Set the log of the last start aside, in place of the one before it: what is read next is of this start."""
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))


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


def end(tracked: Tracked, farewell: signal.Signals, seconds: float) -> None:
    """Send `farewell`, wait at most `seconds`, SIGKILL it and its children if they remain; returns once all is gone."""
    process = tracked.entry()
    if process is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        children = process.children(recursive=True)
        process.send_signal(farewell)
        _, alive = psutil.wait_procs([process], timeout=seconds if tracked.alive() else _FADING_SECONDS)
        for survivor in [*alive, *children]:
            with contextlib.suppress(psutil.NoSuchProcess):
                survivor.kill()
        psutil.wait_procs([process, *children], timeout=_FADING_SECONDS)
