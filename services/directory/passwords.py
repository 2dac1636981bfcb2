"""Passwords: argon2id, off the event loop, at most two at a time."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each takes 64 MiB for a tenth of a second: more at once would let strangers fill the memory by signing in."""


class Passwords:
    """Hashes and checks. `hasher` carries the cost; argon2-cffi's own choice is RFC 9106's for little memory."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._room = asyncio.Semaphore(AT_ONCE)
        self._nobody: str | None = None

    async def prepare(self) -> None:
        """Make what `matches` compares with where there is no person; awaited once, before doors open."""
        self._nobody = await self.hashed("")

    async def hashed(self, password: str) -> str:
        """What is stored of a password: salted argon2id in PHC form."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; for a login that nobody has (None) a No that takes as long."""
        async with self._room:
            found = await asyncio.to_thread(self._verify, stored or self._nobody or "", password)
        return found and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
