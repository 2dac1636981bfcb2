"""The desk's operator of the demo hands in a list of reported sites, as `phoihop tip import` does."""

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.demo.judged import Due
from cli.demo.oracle.reports import expected_reports
from cli.demo.stage import Stage, key_of
from cli.listing import file_of, send_list
from cli.received import Received
from schemas.reported.rows import Reading

INTAKE = "intake"


class StoppedError(Exception):
    """The demo ends; nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A list that was handed in: by which desk, what the desk counted, and when it began by the monotonic clock."""

    desk: str
    file_name: str
    counts: Mapping[str, int]
    began: float

    def seconds(self, received: Sequence[Received]) -> float:
        """From the beginning until the last report that was taken was read from the desk's own feed."""
        marks = f"{self.file_name}:"
        times = [
            seen.seen_at
            for seen in received
            if seen.unit == self.desk and str(seen.data.get("recording_ref", "")).startswith(marks)
        ]
        return max(times, default=self.began) - self.began


def desk_of(stage: Stage) -> str:
    """The desk that the demo hands its list to: the first of the reference data."""
    return next(unit.code for unit in stage.units if unit.desk)


async def due(file: Path | None, stage: Stage) -> Due | None:
    """What the oracle says must become of the list."""
    if file is None:
        return None
    return Due(desk_of(stage), file.name, await asyncio.to_thread(expected_reports, file))


def figures_of(handed: Handed, received: Sequence[Received]) -> dict[str, float]:
    """What the report of the demo says of the list."""
    return {**handed.counts, "reports_seconds": round(handed.seconds(received), 2)}


async def hand_in(file: Path, stage: Stage) -> Handed:
    """Send the whole list by the operator's own door; raises RefusedError."""
    desk, loop, stopped = desk_of(stage), asyncio.get_running_loop(), threading.Event()
    operator = stage.cast.operator(desk)

    def send(path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        if stopped.is_set():
            raise StoppedError
        key = key_of(f"{path} after {body.get('after')}")
        return asyncio.run_coroutine_threadsafe(operator.write(INTAKE, path, body, key), loop).result()

    began = time.monotonic()
    try:
        listed = await asyncio.to_thread(file_of, file, Reading())
        outcome = await asyncio.to_thread(send_list, listed, send, lambda _: None)
    finally:
        stopped.set()
    return Handed(desk, listed.name, outcome.figures(), began)
