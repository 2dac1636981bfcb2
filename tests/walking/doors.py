"""Every door of every program, from the very apps that the programs build: a new door is here on the day it is made."""

import importlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi.routing import iter_route_contexts

from bus_run import DECISION, Bus
from services.runtime.app import App
from services.runtime.settings import Settings

_NOT_A_DOOR_OF_ITS_OWN = {"HEAD"}
"""Answered with the headers of GET."""


@dataclass(frozen=True, slots=True, order=True)
class Door:
    """One method at one path template of one program."""

    program: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.program} {self.method} {self.path}"


@asynccontextmanager
async def apps_of(bus: Bus) -> AsyncIterator[dict[str, App]]:
    """The apps of all programs, each built by its own composition root over the bus's servers; none of them runs."""
    settings = Settings(home=bus.home.root, web_channel_decision=DECISION)
    async with AsyncExitStack() as closers:
        found: dict[str, App] = {}
        for program in bus.programs:
            root = importlib.import_module(f"{program.module}.__main__")
            service = await root.build(settings, closers)
            found[program.name] = service.app
        yield found


def doors_of(apps: Mapping[str, App]) -> list[Door]:
    """Every door, those that stand in no schema included; raises ValueError for an app that seems to have none."""
    found = sorted({door for program, app in apps.items() for door in _doors(program, app)})
    for program in apps:
        if not any(door.program == program and door.path == "/readyz" for door in found):
            raise ValueError(f"the doors of {program} were not found: not even its readiness")
    return found


def _doors(program: str, app: App) -> Iterator[Door]:
    for route in iter_route_contexts(app.routes):
        if route.path is None:
            raise ValueError(f"{program}: a route without a path is a door that nobody walks: {route.original_route}")
        # A mounted folder answers GET below its path.
        for method in sorted(route.methods or {"GET"}):
            if method not in _NOT_A_DOOR_OF_ITS_OWN:
                yield Door(program, method, route.path)
