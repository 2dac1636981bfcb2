"""Whether the process lives, whether it is ready, and whether it is on its way out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

Check = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else the reason in a few words; must not raise and must answer within 2 seconds."""

Checks = Mapping[str, Check]
"""The checks of a process, by the name of the part that each asks about."""


@dataclass(slots=True)
class Health:
    """One per process. `stopping` is set as the first step of a shutdown.

    A stream or a long poll waits on `stopping` beside its own signal and ends when it is set, so that it
    does not hold the process until the drain runs out.
    """

    checks: Checks = field(default_factory=dict)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def reasons(self) -> dict[str, str]:
        """Why the process is not ready, by name of the check; empty when it is. All are asked at once."""
        if self.stopping.is_set():
            return {"process": "stopping"}
        if not self.started.is_set():
            return {"process": "starting"}
        found = await asyncio.gather(*(check() for check in self.checks.values()))
        return {name: reason for name, reason in zip(self.checks, found, strict=True) if reason is not None}
