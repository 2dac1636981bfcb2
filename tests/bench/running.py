"""The running bus: how long a start takes, what it takes of the machine while idle, and how long the demo is."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from statistics import median

from bench.figure import Figure, at_most
from bench.living import Living
from cli.usage import MOST_BYTES, MOST_CPU
from infra.stack.usage import Usage, between, look, running, total

MOST_UP_SECONDS, MOST_DEMO_SECONDS = 15.0, 240.0
IDLE_SECONDS, SETTLED_LOOKS, SETTLED_SECONDS, ALIKE = 30.0, 30, 5.0, 2.0
_MEGABYTE = 1_000_000

Tell = Callable[[str], object]


def started(first: float, warm: Sequence[float]) -> list[Figure]:
    """The median of the later starts of a home, beside the first, which makes it."""
    each = ", ".join(f"{one:.1f}" for one in warm)
    said = f"with the agencies' stand-ins; starts {each} s, the first of the home {first:.1f} s"
    return [Figure("phoihop up to all healthy, warm", round(median(warm), 1), "s", at_most(MOST_UP_SECONDS), said)]


async def idle(bus: Living, tell: Tell) -> list[Figure]:
    """The bus that runs in this home, over some seconds once it has settled."""
    await _settled(bus, tell)
    rows = await _over(bus, IDLE_SECONDS)
    whole = total(rows)
    largest = ", ".join(f"{row.name} {row.memory / _MEGABYTE:.0f}" for row in sorted(rows, key=lambda row: -row.memory))
    busiest = ", ".join(f"{row.name} {row.cpu:.1f}" for row in sorted(rows, key=lambda row: -row.cpu)[:5])
    memory, bound = round(whole.memory / _MEGABYTE, 1), at_most(MOST_BYTES / _MEGABYTE)
    return [
        Figure("idle stack and services: memory", memory, f"MB {whole.kind}", bound, largest),
        Figure("idle stack and services: CPU", round(whole.cpu, 1), "% of a core", at_most(MOST_CPU), busiest),
    ]


def demo(bus: Living, tell: Tell) -> list[Figure]:
    """The demo from an empty home to its verdict; raises RuntimeError where that is not green."""
    report, began = bus.folder / "demo.json", time.monotonic()
    bus.run("demo", "--once", "--reset", "--report", str(report))
    seconds = time.monotonic() - began
    found = json.loads(report.read_text("utf-8"))
    tell(f"demo: {seconds:.1f} s, {found['cases_claimed']} cases claimed, {found['missing']} missing")
    said = f"{found['signals']} signals, {found['tips']} tips, 0 missing; packages and jars there already"
    what = "make demo, new home, without download"
    return [Figure(what, round(seconds, 1), "s", at_most(MOST_DEMO_SECONDS), said)]


async def _settled(bus: Living, tell: Tell) -> None:
    """Return once two looks in a row find the bus equally busy, or after the last of them."""
    before = 1000.0
    for _ in range(SETTLED_LOOKS):
        now = total(await _over(bus, SETTLED_SECONDS)).cpu
        tell(f"settling: {now:.1f} % of a core")
        if abs(now - before) < ALIKE:
            return
        before = now


async def _over(bus: Living, seconds: float) -> list[Usage]:
    tracked = running(bus.home)
    first = look(tracked)
    await asyncio.sleep(seconds)
    return between(first, look(tracked), time.time())
