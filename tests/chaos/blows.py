"""Deals the faults of a schedule to the processes of a running bus, and mends what no supervisor does."""

import asyncio
import signal
from collections.abc import Callable

import asyncpg
import psutil

from bench.living import Living
from chaos.schedule import SERVERS, Fault, Kind
from infra.stack.processes import Processes, Tracked
from infra.stack.usage import PROGRAMS

_BACKENDS = "select pid from pg_stat_activity where usename = $1 and pid <> pg_backend_pid() order by random() limit 1"

Tell = Callable[[str], object]


class Blows:
    """One bus under fire. `dealt` are the faults that met a running process, as they were drawn."""

    def __init__(self, bus: Living, tell: Tell) -> None:
        self._bus = bus
        self._tell = tell
        self.dealt: list[Fault] = []

    async def deal(self, fault: Fault) -> None:
        """Carry one fault out and mend it; returns when it is over. A part that is just being restarted is spared."""
        found = await self._found(fault)
        if found is None:
            self._tell(f"{fault}: not running at that moment, spared")
            return
        self._tell(str(fault))
        self.dealt.append(fault)
        if fault.kind in {Kind.FREEZE, Kind.SLOW}:
            await _frozen(found, fault.seconds)
        elif fault.kind is Kind.KILL:
            await asyncio.to_thread(_killed, found)
            await asyncio.sleep(fault.seconds if fault.part in SERVERS else 0)
        if fault.kind is Kind.RESTART:
            await asyncio.to_thread(self._record(fault.part).end, fault.part, signal.SIGTERM, 20.0)
        if fault.part in SERVERS:
            await asyncio.to_thread(self._bus.run, "stack", "up")

    async def heal(self) -> None:
        """Have both servers run; the programs are their supervisor's."""
        await asyncio.to_thread(self._bus.run, "stack", "up")

    async def _found(self, fault: Fault) -> psutil.Process | None:
        if fault.kind is Kind.SLOW:
            return await self._session_of(fault.part)
        tracked: Tracked | None = self._record(fault.part).find(fault.part)
        return tracked.process() if tracked else None

    def _record(self, part: str) -> Processes:
        return Processes(self._bus.home.processes if part in SERVERS else self._bus.home.root / PROGRAMS)

    async def _session_of(self, role: str) -> psutil.Process | None:
        """A session that the service has open, as a process of the server."""
        try:
            connection = await self._bus.superuser()
        except (OSError, asyncpg.PostgresError):
            return None
        try:
            pid = await connection.fetchval(_BACKENDS, role)
        finally:
            await connection.close()
        return psutil.Process(pid) if pid else None


async def _frozen(process: psutil.Process, seconds: float) -> None:
    """Its children stand still too: a frozen server is frozen whole."""
    family = [process, *process.children(recursive=True)]
    for one in family:
        _send(one, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        for one in family:
            _send(one, signal.SIGCONT)


def _killed(process: psutil.Process) -> None:
    family = [process, *process.children(recursive=True)]
    for one in family:
        _send(one, signal.SIGKILL)
    psutil.wait_procs(family, timeout=5.0)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
