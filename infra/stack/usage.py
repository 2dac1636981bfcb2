"""What the running processes of a home take: memory, processor time and threads, each server with its children."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import psutil

from infra.stack.home import Home
from infra.stack.processes import Processes, Tracked

PSS, RSS = "PSS", "RSS"
PROGRAMS = "programs"
"""The folder of a home in which the supervisor records what it started, itself among it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one process of a family takes at a moment. `memory` in bytes, `cpu` in seconds since it started."""

    memory: int
    kind: str
    cpu: float
    threads: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What every family takes at a moment of the monotonic clock: family, then pid, then `Taken`."""

    at: float
    families: Mapping[str, Mapping[int, Taken]]
    started: Mapping[str, float] = field(default_factory=dict)
    """When each family's first process began, in seconds of the epoch."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One row: memory in bytes at the end, percent of one core in between, threads, seconds since it began.

    `kind` is PSS, which shares what processes have in common among them, or RSS where the system tells no PSS.
    """

    name: str
    processes: int
    memory: int
    kind: str
    cpu: float
    threads: int
    uptime: float


def running(home: Home) -> list[Tracked]:
    """What of this home runs: servers first, then the supervisor and the programs, by name."""
    records = (Processes(home.processes), Processes(home.root / PROGRAMS))
    return [tracked for record in records for tracked in record.every() if tracked.alive()]


def look(tracked: Sequence[Tracked], clock: Callable[[], float] = time.monotonic) -> Moment:
    """What these take now, each with its children; a child that is tracked itself counts once, as itself."""
    own = {one.pid for one in tracked}
    families: dict[str, dict[int, Taken]] = {}
    for one in tracked:
        process = one.process()
        if process is not None:
            found = {each.pid: taken for each in _family(process, own) if (taken := _taken(each)) is not None}
            families[one.name] = found
    return Moment(clock(), families, {one.name: one.started for one in tracked})


def between(first: Moment, last: Moment, now: float) -> list[Usage]:
    """One row a family of the later moment; `now` is the time of the epoch. Processes that ended meanwhile are left."""
    seconds = max(last.at - first.at, 1e-9)
    rows = []
    for name, family in last.families.items():
        before = first.families.get(name, {})
        spent = sum(taken.cpu - (before[pid].cpu if pid in before else 0) for pid, taken in family.items())
        rows.append(_row(name, family, 100 * spent / seconds, now - last.started.get(name, now)))
    return rows


def total(rows: Sequence[Usage]) -> Usage:
    """The sum of rows; the longest of their times."""
    kinds = sorted({row.kind for row in rows})
    return Usage(
        name="total",
        processes=sum(row.processes for row in rows),
        memory=sum(row.memory for row in rows),
        kind="+".join(kinds),
        cpu=sum(row.cpu for row in rows),
        threads=sum(row.threads for row in rows),
        uptime=max((row.uptime for row in rows), default=0.0),
    )


def _row(name: str, family: Mapping[int, Taken], cpu: float, uptime: float) -> Usage:
    kinds = sorted({taken.kind for taken in family.values()})
    memory = sum(taken.memory for taken in family.values())
    threads = sum(taken.threads for taken in family.values())
    return Usage(name, len(family), memory, "+".join(kinds), max(0.0, cpu), threads, uptime)


def _family(process: psutil.Process, own: set[int]) -> Iterator[psutil.Process]:
    yield process
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in process.children():
            if child.pid not in own:
                yield from _family(child, own)


def _taken(process: psutil.Process) -> Taken | None:
    """None for a process that ended while it was looked at."""
    try:
        memory, kind = _memory(process)
        spent = process.cpu_times()
        return Taken(memory, kind, spent.user + spent.system, process.num_threads())
    except (psutil.NoSuchProcess, FileNotFoundError):
        return None


def _memory(process: psutil.Process) -> tuple[int, str]:
    """PSS where Linux tells it to this user, else RSS."""
    if os.path.exists(f"/proc/{process.pid}/smaps_rollup"):  # noqa: PTH110 - asked for every process of every look
        with contextlib.suppress(psutil.AccessDenied):
            return int(process.memory_full_info().pss), PSS
    return int(process.memory_info().rss), RSS
