"""What the supervisor started, on record, so that the next one finds what a crash left behind."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterable

import psutil

from infra.stack.home import Home
from infra.stack.processes import Processes, Tracked, myself
from infra.stack.usage import PROGRAMS

SUPERVISOR = "supervisor"
_END_SECONDS = 5.0


class AlreadyUpError(Exception):
    """Another supervisor of this home is running."""

    def __init__(self, pid: int) -> None:
        super().__init__(
            f"the bus of this home is already up (process {pid}): stop it with Ctrl-C there, or `kill {pid}`, "
            "or choose another home with PHOIHOP_HOME"
        )
        self.pid = pid


class Record:
    """Processes of one home. `begin` refuses a second supervisor and ends what a dead one left."""

    def __init__(self, home: Home, names: Iterable[str]) -> None:
        self._processes = Processes(home.root / PROGRAMS)
        self._names = tuple(names)

    def begin(self, say: Callable[[str, str], None]) -> None:
        """Put this supervisor on record; raises AlreadyUpError. Leftovers are told and ended."""
        other = self._processes.find(SUPERVISOR)
        if other is not None and other.pid != os.getpid():
            raise AlreadyUpError(other.pid)
        self._processes.add(myself(SUPERVISOR))
        for name in self._names:
            left = self._processes.find(name)
            if left is not None:
                say(SUPERVISOR, f"ending {name} (process {left.pid}), left by a run that crashed")
                self._processes.end(name, signal.SIGTERM, _END_SECONDS)

    def started(self, name: str, pid: int) -> None:
        """A program runs now under this pid. One that ended at once needs no record."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._processes.add(Tracked(name, pid, psutil.Process(pid).create_time()))
