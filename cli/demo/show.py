"""What a person sees while the demo runs: lines of what happens, and on a terminal a live table of deliveries."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table

from cli.demo.oracle.observed import ANSWERS
from cli.demo.report import faults
from cli.demo.stage import Stage
from cli.received import Received

_REFRESH_SECONDS = 0.5
_COUNT_SECONDS = 5.0


class Show:
    """Writes to stderr; stdout is left to `--json`."""

    def __init__(self, out: TextIO, *, live: bool) -> None:
        self._console = Console(file=out, highlight=False)
        self._live = live and self._console.is_terminal
        self._began = time.monotonic()

    def tell(self, line: str) -> None:
        """One line with the seconds since the start."""
        self._console.print(f"[{time.monotonic() - self._began:6.1f} s] {line}", markup=False, soft_wrap=True)

    async def follow(self, stage: Stage) -> None:
        """Show deliveries as they come until cancelled; off a terminal it says how many, while they grow in number."""
        if not self._live:
            await self._count(stage)
        with Live(console=self._console, auto_refresh=False, transient=True) as live:
            while True:
                live.update(deliveries(list(stage.progress.witness.received), stage.agency), refresh=True)
                await asyncio.sleep(_REFRESH_SECONDS)

    def verdict(self, report: Mapping[str, Any], *, as_json: bool) -> None:
        """The figures, and in a word whether they are good."""
        if as_json:
            Console().print_json(json.dumps(report))
        for name, value in report.items():
            self._console.print(f"  {name:<26} {value}", markup=False)
        wrong = faults(report)
        self.tell("RED: " + ", ".join(wrong) if wrong else "GREEN: every unit received exactly what the rules name")

    async def _count(self, stage: Stage) -> None:
        told = 0
        while True:
            await asyncio.sleep(_COUNT_SECONDS)
            if (now := stage.progress.arrived()) != told:
                told = now
                self.tell(f"{now} deliveries so far")


def deliveries(received: Sequence[Received], agency: Mapping[str, str]) -> Table:
    """For each agency how much its units received, and the latest of it; answers to commands are left out."""
    facts = [seen for seen in received if not seen.kind.startswith(ANSWERS)]
    table = Table(title=f"{len(facts)} deliveries to {len({seen.unit for seen in facts})} units (fictional story)")
    table.add_column("agency")
    table.add_column("delivered", justify="right")
    table.add_column("its latest")
    counts = Counter(agency[seen.unit] for seen in facts)
    latest = {agency[seen.unit]: seen for seen in facts}
    for name, count in sorted(counts.items()):
        seen = latest[name]
        table.add_row(name, str(count), f"#{seen.feednumber} {seen.unit}  {seen.kind}  ({seen.view})")
    return table


def guide(stage: Stage) -> str:
    """Where to look and how to sign in."""
    urls = stage.urls
    return "\n".join(
        [
            "everything is up; all people, firms and numbers are invented",
            f"  pages      {urls['console']}/sign-in",
            f"  public     {urls['public']}  (send a tip: POST /tips, follow it: POST /tips/status)",
            f"  password   {stage.password}  (for everyone of the demo)",
            "  logins     can-bo.qltt-79 (officer, market surveillance)   can-bo.ca-79 (officer, police)",
            "             can-bo.customs-kv2 (officer, customs)           can-bo.tax-79 (officer, tax)",
            "             truc-ban.bcd-79 (desk operator)                 can-bo.vptt-389 (coordinator)",
            "             can-bo.integrity-389 (integrity officer)",
        ]
    )
