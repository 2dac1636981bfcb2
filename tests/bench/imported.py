"""The published file of reported sites, from the file to the desk's own feed, by the command that operators use."""

import asyncio
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench.figure import Figure, Target, at_least, at_most
from bench.living import Living
from cli.demo.listed import desk_of
from cli.demo.stage import enrol, staged
from cli.demo.witness import Witness
from cli.unit_topic import Access
from infra.stack.processes import Tracked
from infra.stack.usage import look, running

NAME, CLIENT, SERVER = "reported-sites.txt", "client", "intake"
DUE = {"read": 34_468, "taken": 17_679, "linked": 16_789, "refused": 0}
LEAST_RATE, FLAT = 300.0, 1.25
LOOK_SECONDS, ARRIVE_SECONDS = 0.5, 180.0
_MEGABYTE = 1_000_000

Tell = Callable[[str], object]
Samples = dict[str, list[int]]
"""Memory in bytes over the whole import, by process."""


async def measure(bus: Living, tell: Tell) -> list[Figure]:
    """The figures of the bus that runs in this home; all unmeasured where the file is not there."""
    file = Path(os.environ.get("PHOIHOP_DATA") or "", NAME)
    if not file.is_file():
        return [
            Figure("published file of reports", None, "", None, f"not measured: file absent ({NAME}, PHOIHOP_DATA)")
        ]
    async with staged(bus.home, bus.urls) as stage:
        await enrol(stage)
        desk, access, password = desk_of(stage), stage.access, stage.password
    await asyncio.to_thread(bus.run, "login", f"truc-ban.{desk}", given=f"{password}\n")
    return await asyncio.to_thread(_measured, bus, file, (desk, access), tell)


def _measured(bus: Living, file: Path, reader: tuple[str, Access], tell: Tell) -> list[Figure]:
    desk, access = reader
    samples: Samples = {CLIENT: [], SERVER: []}
    with Witness(access, [desk]) as witness:
        began = time.monotonic()
        told = _imported(bus, file, samples)
        tell(f"the desk has the list after {time.monotonic() - began:.1f} s: {told}")
        arrived = _arrived(witness, told["taken"], file.name)
    seconds = max(arrived) - began
    rate, said = told["read"] / seconds, f"{seconds:.1f} s from the file to the feed of {desk}"
    counts = [Figure(f"published file: {name}", told[name], "lines", Target("exactly", DUE[name])) for name in DUE]
    pace = Figure("published file: file to the desk's feed", round(rate), "lines/s", at_least(LEAST_RATE), said)
    return [*counts, pace, *_memory(CLIENT, samples[CLIENT]), *_memory(SERVER, samples[SERVER])]


def _imported(bus: Living, file: Path, samples: Samples) -> dict[str, int]:
    """The four counts that the command tells; memory is looked at until it ends."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        command = bus.command("tip", "import", str(file), "--json")
        process = subprocess.Popen(command, env=dict(bus.environment), stdout=output)
        watched = [
            Tracked(CLIENT, process.pid, psutil.Process(process.pid).create_time()),
            *(one for one in running(bus.home) if one.name == SERVER),
        ]
        while process.poll() is None:
            for name, family in look(watched).families.items():
                samples[name].append(sum(taken.memory for taken in family.values()))
            time.sleep(LOOK_SECONDS)
        output.seek(0)
        found: dict[str, Any] = json.loads(output.read())
    if process.returncode:
        message = f"phoihop tip import ended with {process.returncode}: {found}"
        raise RuntimeError(message)
    return {name: found[f"reports_{name}"] for name in DUE}


def _arrived(witness: Witness, due: int, name: str) -> list[float]:
    """When each report that was taken was read from the desk's own feed; raises TimeoutError."""
    deadline = time.monotonic() + ARRIVE_SECONDS
    while True:
        seen = [one for one in witness.received if str(one.data.get("recording_ref", "")).startswith(f"{name}:")]
        if len(seen) >= due:
            return [one.seen_at for one in seen]
        if time.monotonic() > deadline:
            message = f"{len(seen)} of {due} reports came to the feed within {ARRIVE_SECONDS:.0f} s"
            raise TimeoutError(message)
        time.sleep(LOOK_SECONDS)


def _memory(name: str, samples: Sequence[int]) -> list[Figure]:
    """The peak, and how the median of the last third of the import stands to that of the first."""
    third = max(1, len(samples) // 3)
    first, last = median(samples[:third]) / _MEGABYTE, median(samples[-third:]) / _MEGABYTE
    said = f"median {first:.1f} MB in the first third, {last:.1f} MB in the last, of {len(samples)} looks"
    return [
        Figure(f"memory of {name} during the import: peak", round(max(samples) / _MEGABYTE, 1), "MB"),
        Figure(f"memory of {name}: last third to first", round(last / first, 2), "times", at_most(FLAT), said),
    ]
