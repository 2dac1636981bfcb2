"""Directory's public keys, fetched once and kept; an unknown key id is looked up again, but not at a forger's pace."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from bus.errors import Refused
from services.runtime.problems import DIRECTORY_UNREACHABLE

REFETCH_AFTER = timedelta(seconds=10)
"""Between two looks for key ids that are not known: a key is rotated far less often, a forged id comes at will."""


class KeySource(Protocol):
    """Finds the public key of a key id."""

    async def find(self, kid: str) -> OKPKey | None:
        """The key, or None when directory has none of that id; raises `Refused` (503) when it does not answer."""


class Jwks:
    """The keys at `<directory>/jwks.json`. The client's base URL is directory's."""

    def __init__(self, directory: httpx2.AsyncClient, clock: Callable[[], datetime]) -> None:
        self._directory = directory
        self._clock = clock
        self._keys: dict[str, OKPKey] = {}
        self._asked: datetime | None = None
        self._asking = asyncio.Lock()

    async def find(self, kid: str) -> OKPKey | None:
        """See `KeySource`. Many callers with one unknown id cost one request."""
        if kid not in self._keys:
            async with self._asking:
                if kid not in self._keys and self._may_ask():
                    await self._fetch()
        return self._keys.get(kid)

    def _may_ask(self) -> bool:
        return self._asked is None or self._clock() - self._asked >= REFETCH_AFTER

    async def _fetch(self) -> None:
        try:
            answer = await self._directory.get("/jwks.json")
            answer.raise_for_status()
            keys = [OKPKey.import_key(entry) for entry in answer.json()["keys"] if entry.get("crv") == "Ed25519"]
        except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(DIRECTORY_UNREACHABLE) from error
        self._asked = self._clock()
        self._keys = {key.kid: key for key in keys if key.kid}
