"""Backups of the dossiers' wrapped keys, one file each beside the home's data, and none older than an erasure may be.

A file holds wrapped keys, which the master key opens, and the tombstones of that moment. It is removed after nineteen
days, so that what is erased today can be brought back from no backup in twenty.
"""

import base64
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from infra.stack.secrets import SecretFiles

FOLDER = "key-backups"
KEPT = timedelta(days=19)
_STAMP = "%Y%m%dT%H%M%SZ"

_KEYS = "select dossier, wrapped, created_by::text, created_at from keys.dossier_key where wrapped is not null"
_ERASED = """
select dossier, created_by::text, created_at, erased_at, erased_by::text, erased_for, basis
from keys.dossier_key where wrapped is null"""
_BURY = """
insert into keys.dossier_key (dossier, created_by, created_at, erased_at, erased_by, erased_for, basis)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (dossier) do update set wrapped = null, erased_at = excluded.erased_at, erased_by = excluded.erased_by,
  erased_for = excluded.erased_for, basis = excluded.basis
where dossier_key.wrapped is not null"""
_PUT_BACK = """
insert into keys.dossier_key (dossier, wrapped, created_by, created_at) values ($1, $2, $3, $4)
on conflict (dossier) do nothing"""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: when it was taken, and what it holds, as its file says."""

    path: Path
    taken_at: datetime
    document: dict[str, Any]

    @property
    def ends_at(self) -> datetime:
        """When it is removed."""
        return self.taken_at + KEPT

    @property
    def keys(self) -> int:
        """How many wrapped keys it holds."""
        return len(self.document["keys"])


@dataclass(frozen=True, slots=True)
class PutBack:
    """What a restore did: keys put back, those that were there, and those that no backup may bring back."""

    put_back: int
    known: int
    erased: int


async def take(connection: asyncpg.Connection, home: Path, now: datetime) -> Backup:
    """Write a backup of this moment (one snapshot, file mode 0600) and remove those whose time is over."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        keys = [_told(row) for row in await connection.fetch(_KEYS)]
        erased = [_told(row) for row in await connection.fetch(_ERASED)]
    name = f"keys-{now.strftime(_STAMP)}.json"
    document = {"taken_at": now.isoformat(), "keys": keys, "erased": erased}
    folder = SecretFiles(home / FOLDER)
    folder.write(name, json.dumps(document))
    sweep(home, now)
    return Backup(folder.path(name), now, document)


def backups(home: Path) -> list[Backup]:
    """Every backup there is, the newest first. Raises ValueError or KeyError naming no file that is none."""
    found = [_read(path) for path in sorted((home / FOLDER).glob("keys-*.json"))]
    return sorted(found, key=lambda one: one.taken_at, reverse=True)


def sweep(home: Path, now: datetime) -> list[str]:
    """Remove the backups whose time is over; returns their names."""
    over = [one for one in backups(home) if one.ends_at <= now]
    for one in over:
        one.path.unlink()
    return [one.path.name for one in over]


def last_ends(home: Path, dossiers: Collection[str]) -> dict[str, datetime]:
    """By dossier, when the last backup ends that still holds its key; those that none holds are left out."""
    found: dict[str, datetime] = {}
    for backup in backups(home):
        for key in backup.document["keys"]:
            if key["dossier"] in dossiers:
                found[key["dossier"]] = max(backup.ends_at, found.get(key["dossier"], backup.ends_at))
    return found


async def put_back(connection: asyncpg.Connection, backup: Backup, home: Path) -> PutBack:
    """Put back keys that the database lost, and every tombstone that any backup knows: what is erased stays so."""
    erased = {row["dossier"]: row for one in (backup, *backups(home)) for row in one.document["erased"]}
    done = 0
    async with connection.transaction():
        for row in erased.values():
            await connection.execute(_BURY, *_made(row), *_ended(row))
        for key in backup.document["keys"]:
            dossier, *made = _made(key)
            put = await connection.execute(_PUT_BACK, dossier, base64.b64decode(key["wrapped"]), *made)
            done += int(put.rpartition(" ")[2])
    ended = sum(key["dossier"] in erased for key in backup.document["keys"])
    return PutBack(done, backup.keys - done - ended, ended)


def _told(row: asyncpg.Record) -> dict[str, str]:
    return dict(_texts(row))


def _texts(row: asyncpg.Record) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if isinstance(value, datetime):
            yield name, value.isoformat()
        else:
            yield name, base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _made(row: dict[str, str]) -> tuple[UUID, str, datetime]:
    return UUID(row["dossier"]), row["created_by"], datetime.fromisoformat(row["created_at"])


def _ended(row: dict[str, str]) -> tuple[datetime, str, str, str]:
    return datetime.fromisoformat(row["erased_at"]), row["erased_by"], row["erased_for"], row["basis"]


def _read(path: Path) -> Backup:
    document = json.loads(path.read_text("utf-8"))
    return Backup(path, datetime.fromisoformat(document["taken_at"]), document)
