"""Calls to sibling services: an HTTP client by service name, and the tokens of a process that acts for itself."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import httpx2
import structlog

from bus.errors import Refused
from services.runtime.problems import DIRECTORY_UNREACHABLE
from services.runtime.settings import Settings

TIMEOUT = httpx2.Timeout(10.0, connect=2.0)
Carry = Callable[[], Mapping[str, str]]
RENEW_BEFORE = timedelta(seconds=60)


def client_of(
    settings: Settings, service: str, timeout: httpx2.Timeout = TIMEOUT, carry: Carry | None = None
) -> httpx2.AsyncClient:
    """A client whose base URL is the service's; to be closed by its maker. Raises `UnknownService`.

    Proxies of the environment are ignored: siblings are on the same machine or the same private network. `carry` gives
    the headers by which the sibling's work is known as part of ours.
    """
    client = httpx2.AsyncClient(base_url=settings.url(service), timeout=timeout, trust_env=False)
    if carry is not None:

        async def carried(request: httpx2.Request) -> None:
            request.headers.update(carry())

        client.event_hooks["request"].append(carried)
    return client


class ServiceToken:
    """The actor's token of a process, got with its service key and renewed a minute before it ends."""

    def __init__(self, directory: httpx2.AsyncClient, key: str, clock: Callable[[], datetime]) -> None:
        self._directory = directory
        self._key = key
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None
        self._renewing = asyncio.Lock()

    async def current(self) -> str:
        """A token that is good now; raises `Refused` (503) when there is none and directory gives none.

        A token that has not ended is used on while directory does not answer.
        """
        async with self._renewing:
            now = self._clock()
            if self._until is None or now >= self._until - RENEW_BEFORE:
                await self._renew(now)
        return self._token

    async def _renew(self, now: datetime) -> None:
        try:
            answer = await self._directory.post("/tokens", json={}, headers={"Authorization": f"Bearer {self._key}"})
            answer.raise_for_status()
            found = answer.json()
            token, until = str(found["token"]), datetime.fromisoformat(found["expires_at"])
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            structlog.get_logger().warning("service_token_not_renewed", exc_info=error)
            if self._until is None or now >= self._until:
                raise Refused(DIRECTORY_UNREACHABLE) from error
        else:
            self._token, self._until = token, until
