"""What a composition root hands to `process.run`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from fastapi import FastAPI

from services.runtime.health import Health
from services.runtime.settings import Settings

Background = Callable[[asyncio.Event], Awaitable[None]]
"""A consumer's or a relay's `run`: works until the event is set, then finishes what it holds and returns."""


@dataclass(frozen=True, slots=True)
class Service:
    """One process. `app` is None where it has no doors; else it listens where services.json says for `name`."""

    name: str
    health: Health
    app: FastAPI | None = None
    consumers: Sequence[Background] = ()
    relays: Sequence[Background] = ()


Build = Callable[[Settings, AsyncExitStack], Awaitable[Service]]
"""Makes a service inside the running loop. What it opens it pushes on the stack, which closes last things first."""
