"""Whether the process lives, whether it is ready, and whether it is on its way out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

Check = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else the reason in a few words; must not raise and must answer within a second."""


@dataclass(slots=True)
class Health:
    """One per process. `stopping` is set as the first step of a shutdown.

    A stream or a long poll waits on `stopping` beside its own signal and ends when it is set, so that it
    does not hold the process until the drain runs out.
    """

    checks: Mapping[str, Check] = field(default_factory=dict)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def reasons(self) -> dict[str, str]:
        """Why the process is not ready, by name of the check; empty when it is."""
        if self.stopping.is_set():
            return {"process": "stopping"}
        if not self.started.is_set():
            return {"process": "starting"}
        found = {name: await check() for name, check in self.checks.items()}
        return {name: reason for name, reason in found.items() if reason is not None}
