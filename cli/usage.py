"""`phoihop usage`: what the running bus takes of this machine, process by process.

Exit codes: 0 told; 2 wrong usage; 3 nothing of this home runs.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.client import language
from cli.stack import EXIT_NOT_READY, home

if TYPE_CHECKING:
    from infra.stack.processes import Tracked
    from infra.stack.usage import Usage

INTERVAL_SECONDS = 2.0
MOST_BYTES, MOST_CPU = 1_500_000_000, 20.0
"""What the whole may take while nothing happens: bytes, and percent of one core."""
MEGABYTE = 1_000_000
HEADINGS: Mapping[str, Sequence[str]] = {
    "vi": ("tiến trình", "số", "bộ nhớ MB", "loại", "CPU % một nhân", "luồng", "đã chạy"),
    "en": ("process", "n", "memory MB", "kind", "CPU % of a core", "threads", "up"),
}
TOTAL = {"vi": "tổng", "en": "total"}
TARGET = {"vi": "mức khi rỗi, nhiều nhất", "en": "idle, at most"}
NOTHING = {
    "vi": "không có gì của {root} đang chạy: hãy chạy `phoihop up`",
    "en": "nothing of {root} runs: start it by `phoihop up`",
}

app = typer.Typer()


@app.command()
def usage(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a look on stdout.")] = False,
    watch: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.2, help="Look again every so many seconds, until Ctrl-C."),
    ] = None,
) -> None:
    """Memory, processor time, threads and age of each process of the running bus, with their sum and the target."""
    from infra.stack.usage import between, look, running

    tracked = _found(running(home()), as_json=as_json)
    interval, first = watch or INTERVAL_SECONDS, look(tracked)
    while True:
        time.sleep(interval)
        tracked = _found(running(home()), as_json=as_json)
        last = look(tracked)
        rows = between(first, last, time.time())
        typer.echo(json.dumps(document(rows, interval)) if as_json else table(rows, language()))
        if watch is None:
            return
        first = last


def document(rows: Sequence["Usage"], seconds: float) -> dict[str, Any]:
    """The rows, their sum and the target as JSON types; memory in bytes, CPU in percent of one core."""
    from infra.stack.usage import total

    whole = total(rows)
    return {
        "seconds": seconds,
        "processes": [_rounded(asdict(row)) for row in rows],
        "total": _rounded(asdict(whole)),
        "target": {"memory": MOST_BYTES, "cpu": MOST_CPU, "met": whole.memory <= MOST_BYTES and whole.cpu <= MOST_CPU},
    }


def table(rows: Sequence["Usage"], words: str) -> str:
    """One line a process with its children, the largest first, then the sum and what it should be while idle."""
    from infra.stack.usage import total

    lines = [_cells(row) for row in sorted(rows, key=lambda row: -row.memory)]
    whole = _cells(total(rows))
    target = [TARGET[words], "", f"{MOST_BYTES / MEGABYTE:,.0f}", "", f"{MOST_CPU:.1f}", "", ""]
    shown = [list(HEADINGS[words]), *lines, [TOTAL[words], *whole[1:]], target]
    widths = [max(len(line[place]) for line in shown) for place in range(len(shown[0]))]
    return "\n".join(_line(line, widths) for line in shown)


def _cells(row: "Usage") -> list[str]:
    memory, cpu = f"{row.memory / MEGABYTE:,.1f}", f"{row.cpu:.1f}"
    return [row.name, str(row.processes), memory, row.kind, cpu, str(row.threads), _lasting(row.uptime)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *rest]).rstrip()


def _lasting(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _rounded(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "cpu": round(found["cpu"], 2), "uptime": round(found["uptime"], 1)}


def _found(tracked: "list[Tracked]", *, as_json: bool, say: Callable[..., None] = typer.echo) -> "list[Tracked]":
    if tracked:
        return tracked
    reason = NOTHING[language()].format(root=home().root)
    say(json.dumps({"error": reason}, ensure_ascii=False) if as_json else f"error: {reason}", err=not as_json)
    raise typer.Exit(EXIT_NOT_READY)
