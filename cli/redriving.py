"""Redrives that may take long: asked for step by step, so that what was done stays done when they are interrupted."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cli.patient import Patient

Done = dict[str, Any]
"""What came of a redrive: `applied` and `skipped` count, `failed` are rows, `left` is what stays parked."""
Show = Callable[[Done], None]


def nothing() -> Done:
    """Before the first step."""
    return {"applied": 0, "skipped": 0, "failed": [], "left": 0}


def sweep(service: Patient, done: Done, show: Show) -> None:
    """Redrive everything that a service keeps parked, each key once; `done` tells at any moment how far it is."""
    asked: dict[str, Any] = {}
    more = True
    while more:
        step = service.post("/parked/redrive", asked)
        asked["began"], more = step["began"], step["more"]
        _add(done, step)
        show(done)


def of_key(service: Patient, parked: str, done: Done) -> None:
    """Redrive the key of one event, until nothing of it is left or one of its events fails again."""
    following: str | None = parked
    while following is not None:
        step = service.post(f"/parked/{following}/redrive", {"key": True})
        following = step["next"] if step["more"] else None
        _add(done, step)


def _add(done: Done, step: Mapping[str, Any]) -> None:
    for name in ("applied", "skipped", "failed"):
        done[name] += step[name]
    done["left"] = step["left"]


@contextmanager
def progress(name: str) -> Iterator[Show]:
    """A bar on a terminal's stderr; elsewhere nothing is drawn."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done: bar.update(task, completed=_gone(done), total=_gone(done) + done["left"])


def _gone(done: Done) -> int:
    count: int = done["applied"] + done["skipped"]
    return count
