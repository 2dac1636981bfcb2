"""Rotates the master key: a new primary, every dossier's key wrapped anew, and the old key disabled at the end.

Services read the file at each use, so none is restarted. What is interrupted goes on: the keyset itself tells that a
rotation is under way, and each wrapped key tells under which key it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from bus.identity import system_clock
from bus.master import primary_alone, primary_of, rotating, with_new_primary
from bus.sealing import Keyring, new_master_keyset
from infra.stack.key_files import MASTER
from infra.stack.secrets import SecretFiles

AT_ONCE = 500

# Whoever makes a key now ends before, or is told afterwards that its key has to be wrapped anew.
_LOCK = "lock table keys.dossier_key in share row exclusive mode"
_NAME = """
insert into keys.master (key_id) values ($1)
on conflict (one) do update set key_id = excluded.key_id, since = excluded.since where keys.master.key_id <> $1"""
_OLD = """
select dossier, wrapped from keys.dossier_key
where wrapped is not null and substring(wrapped from 2 for 4) <> $1 order by dossier limit $2"""
_SWAP = """
update keys.dossier_key as stored set wrapped = anew.wrapped
from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as anew (dossier, before, wrapped)
where stored.dossier = anew.dossier and stored.wrapped = anew.before"""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did. `resumed`: it went on with one that was interrupted."""

    primary: str
    rewrapped: int
    resumed: bool


async def rotate(
    secrets: SecretFiles, connection: asyncpg.Connection, *, at_once: int = AT_ONCE, told: Callable[[int], None] = print
) -> Rotated:
    """Rotate, or go on with a rotation; `connection` is the superuser's, `told` hears how many keys are done.

    Raises `SealBroken` for a key that opens under neither: nothing is disabled then.
    """
    before = secrets.read(MASTER)
    resumed = rotating(before)
    if not resumed:
        secrets.write(MASTER, with_new_primary(before, new_master_keyset()))
    keyset = secrets.read(MASTER)
    primary = primary_of(keyset)
    async with connection.transaction():
        await connection.execute(_LOCK)
        await connection.execute(_NAME, primary)
    keyring = Keyring.load(secrets.path(MASTER), system_clock)
    rewrapped = 0
    while done := await _batch(connection, keyring, primary, at_once):
        rewrapped += done
        told(rewrapped)
    secrets.write(MASTER, primary_alone(keyset))
    return Rotated(primary.hex(), rewrapped, resumed)


async def _batch(connection: asyncpg.Connection, keyring: Keyring, primary: bytes, at_once: int) -> int:
    """Wrap anew at most so many; a key that is destroyed meanwhile stays so. Returns how many were looked at."""
    rows = await connection.fetch(_OLD, primary, at_once)
    anew = {}
    for row in rows:
        dossier = UUID(int=row["dossier"].int)
        anew[dossier] = keyring.wrap(dossier, keyring.unwrap(dossier, row["wrapped"]))
    if anew:
        await connection.execute(_SWAP, list(anew), [row["wrapped"] for row in rows], list(anew.values()))
    return len(rows)
