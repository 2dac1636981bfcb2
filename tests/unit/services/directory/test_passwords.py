"""Passwords: argon2id, off the loop, at most two at a time, and no quicker where there is nobody."""

import asyncio
import threading
from typing import Any

from argon2 import PasswordHasher

from services.directory.passwords import AT_ONCE, Passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Watched(PasswordHasher):
    """Counts how many work at the same time, in which threads."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.now = self.most = self.calls = 0
        self.both = threading.Barrier(AT_ONCE, timeout=5)
        self.threads: set[int] = set()

    def verify(self, hash: Any, password: Any) -> Any:  # noqa: A002 - the library's name
        self.now += 1
        self.calls += 1
        self.most = max(self.most, self.now)
        self.threads.add(threading.get_ident())
        self.both.wait()
        try:
            return super().verify(hash, password)
        finally:
            self.now -= 1


async def test_the_right_password_matches_and_a_wrong_one_does_not() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hashed("mật khẩu dài")
    assert stored.startswith("$argon2id$")
    assert await passwords.matches(stored, "mật khẩu dài")
    assert not await passwords.matches(stored, "mật khẩu khác")


async def test_two_people_with_one_password_have_different_hashes() -> None:
    passwords = Passwords(CHEAP)
    assert await passwords.hashed("mật khẩu dài") != await passwords.hashed("mật khẩu dài")


async def test_a_stored_hash_that_is_broken_matches_nothing() -> None:
    assert not await Passwords(CHEAP).matches("not a hash", "mật khẩu dài")


async def test_for_nobody_as_much_is_computed_and_nothing_matches() -> None:
    hasher = Watched()
    hasher.both = threading.Barrier(1)
    passwords = Passwords(hasher)
    await passwords.prepare()
    assert not await passwords.matches(None, "")
    assert not await passwords.matches(None, "mật khẩu dài")
    assert hasher.calls == 2


async def test_at_most_two_are_hashed_at_once_and_none_on_the_loops_thread() -> None:
    hasher = Watched()
    passwords = Passwords(hasher)
    stored = await passwords.hashed("mật khẩu dài")
    found = await asyncio.gather(*(passwords.matches(stored, "mật khẩu dài") for _ in range(3 * AT_ONCE)))
    assert all(found)
    assert hasher.most == AT_ONCE
    assert threading.get_ident() not in hasher.threads
