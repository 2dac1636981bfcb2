"""What the supervisor started, on record, so that the next one finds what a crash left behind."""

import signal
from collections.abc import Callable

import psutil

from infra.stack.home import Home
from infra.stack.processes import Processes, Tracked, end, myself

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

    def __init__(self, home: Home) -> None:
        self._processes = Processes(home.root / "programs.json")

    def begin(self, say: Callable[[str, str], None]) -> None:
        """Put this supervisor on record; raises AlreadyUpError. Leftovers are told and ended."""
        other = self._processes.find(SUPERVISOR)
        if other is not None and other.pid != psutil.Process().pid:
            raise AlreadyUpError(other.pid)
        for left in self._processes.all():
            if left.name != SUPERVISOR and left.alive():
                say(SUPERVISOR, f"ending {left.name} (process {left.pid}), left by a run that crashed")
                end(left, signal.SIGTERM, _END_SECONDS)
            self._processes.forget(left.name)
        self._processes.add(myself(SUPERVISOR))

    def started(self, name: str, pid: int) -> None:
        """A program runs now under this pid. One that already ended again needs no record."""
        try:
            self._processes.add(Tracked(name, pid, psutil.Process(pid).create_time()))
        except psutil.NoSuchProcess:
            self._processes.forget(name)

    def finish(self) -> None:
        """This supervisor ended in order."""
        self._processes.forget(SUPERVISOR)
