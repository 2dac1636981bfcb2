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
    does not hold the process until the drain runs out. `notices` are asked as `checks` are, and keep nobody away.
    """

    checks: Checks = field(default_factory=dict)
    notices: Checks = field(default_factory=dict)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def reasons(self) -> dict[str, str]:
        """Why the process is not ready, by name of the check; empty when it is. All are asked at once."""
        if self.stopping.is_set():
            return {"process": "stopping"}
        if not self.started.is_set():
            return {"process": "starting"}
        return await _asked(self.checks)

    async def warnings(self) -> dict[str, str]:
        """What somebody has to look at before it keeps the process from being ready, by name of the notice."""
        return await _asked(self.notices)


async def _asked(checks: Checks) -> dict[str, str]:
    found = await asyncio.gather(*(check() for check in checks.values()))
    return {name: reason for name, reason in zip(checks, found, strict=True) if reason is not None}
