"""The master key is rotated under services that go on, and no backup of keys outlives an erasure by twenty days."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.master import primary_of, rotating
from bus.publication import Context
from bus.retry import passing
from bus.sealing import Keyring, new_master_keyset
from bus.uow import UnitsOfWork
from infra.stack import key_backups
from infra.stack.key_files import MASTER
from infra.stack.key_rotation import rotate
from infra.stack.secrets import SecretFiles
from infra.stack.testing import TestDatabase
from schemas.topics import Topics

pytestmark = pytest.mark.integration
BASIS = "Luật 91/2025/QH15"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture
def secrets(tmp_path: Path) -> SecretFiles:
    found = SecretFiles(tmp_path / "secrets")
    found.write(MASTER, new_master_keyset())
    return found


@pytest.fixture
async def owner(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect("postgres")
    await connection.execute("truncate keys.dossier_key, keys.master")
    yield connection
    await connection.close()


@pytest.fixture
async def work(database: TestDatabase, secrets: SecretFiles) -> AsyncIterator[UnitsOfWork]:
    store = Database.connect(database.url("intake"))
    yield UnitsOfWork(store, Context("intake", Topics(), system_clock, uuid7, keyring_of(secrets)))
    await store.close()


def keyring_of(secrets: SecretFiles) -> Keyring:
    return Keyring.load(secrets.path(MASTER), system_clock)


async def made(work: UnitsOfWork, many: int = 1) -> list[UUID]:
    dossiers = sorted(uuid7() for _ in range(many))
    async with work.begin() as uow:
        await uow.create_keys(dossiers)
    return dossiers


async def openable(work: UnitsOfWork, dossiers: Sequence[UUID], purpose: str = "look") -> list[UUID]:
    async with work.begin() as uow:
        return sorted(await uow.open_keys(dossiers, purpose))


async def under(owner: asyncpg.Connection) -> set[bytes]:
    """The master keys under which something is wrapped."""
    rows = await owner.fetch("select distinct substring(wrapped from 2 for 4) as key from keys.dossier_key")
    return {row["key"] for row in rows if row["key"]}


async def test_after_a_rotation_everything_is_under_the_new_key_and_opens_without_a_restart(
    work: UnitsOfWork, owner: asyncpg.Connection, secrets: SecretFiles
) -> None:
    before, dossiers = secrets.read(MASTER), await made(work, 7)
    heard: list[int] = []

    done = await rotate(secrets, owner, at_once=3, told=heard.append)

    assert (done.rewrapped, done.resumed, heard) == (7, False, [3, 6, 7])
    assert await under(owner) == {primary_of(secrets.read(MASTER))} != {primary_of(before)}
    assert await openable(work, dossiers) == dossiers
    assert await openable(work, more := await made(work), "more") == more
    assert not rotating(secrets.read(MASTER))


async def test_a_rotation_that_was_interrupted_goes_on_where_it_stopped(
    work: UnitsOfWork, owner: asyncpg.Connection, secrets: SecretFiles
) -> None:
    dossiers = await made(work, 5)

    def pulled(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rotate(secrets, owner, at_once=2, told=pulled)
    assert len(await under(owner)) == 2
    assert await openable(work, dossiers, "between") == dossiers
    primary = primary_of(secrets.read(MASTER))

    done = await rotate(secrets, owner, at_once=2, told=lambda _: None)

    assert (done.rewrapped, done.resumed, primary_of(secrets.read(MASTER))) == (3, True, primary)
    assert await under(owner) == {primary}


async def test_what_was_wrapped_under_the_old_key_and_comes_after_the_lock_is_told_to_wrap_anew(
    work: UnitsOfWork, owner: asyncpg.Connection, secrets: SecretFiles, database: TestDatabase
) -> None:
    await made(work)
    late = uuid7()
    wrapped = keyring_of(secrets).wrap(late, b"k" * 32)
    await rotate(secrets, owner, told=lambda _: None)
    intake = await database.connect("intake")

    with pytest.raises(asyncpg.SerializationError) as told:
        await intake.execute("select keys.create($1, $2)", [late], [wrapped])

    assert passing(told.value)
    assert await intake.fetch("select * from keys.open($1, 'look')", [late]) == []
    await intake.close()


async def test_a_key_that_is_destroyed_during_a_rotation_stays_destroyed(
    work: UnitsOfWork, owner: asyncpg.Connection, secrets: SecretFiles
) -> None:
    dossiers = await made(work, 2)
    async with work.begin() as uow:
        await uow.destroy_keys(dossiers[:1], "lan.anh", BASIS)

    assert (await rotate(secrets, owner, told=lambda _: None)).rewrapped == 1
    assert await openable(work, dossiers) == dossiers[1:]


async def test_a_backup_puts_back_what_was_lost_and_never_what_was_erased(
    work: UnitsOfWork, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    lost, erased, there = await made(work, 3)
    backup = await key_backups.take(owner, tmp_path, NOW)
    async with work.begin() as uow:
        await uow.destroy_keys([erased], "lan.anh", BASIS)
    await owner.execute("delete from keys.dossier_key where dossier = $1", lost)

    done = await key_backups.put_back(owner, backup, tmp_path)

    assert (done.put_back, done.erased) == (1, 0)
    assert await openable(work, [lost, erased, there]) == [lost, there]


async def test_a_later_backup_knows_what_was_erased_though_the_database_was_set_back(
    work: UnitsOfWork, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    (erased,) = await made(work)
    early = await key_backups.take(owner, tmp_path, NOW)
    whole = await owner.fetchrow("select * from keys.dossier_key where dossier = $1", erased)
    assert whole is not None
    async with work.begin() as uow:
        await uow.destroy_keys([erased], "lan.anh", BASIS)
    await key_backups.take(owner, tmp_path, NOW + timedelta(days=1))
    await owner.execute("delete from keys.dossier_key")

    assert (await key_backups.put_back(owner, early, tmp_path)).erased == 1
    assert await openable(work, [erased]) == []
    await owner.execute(
        "update keys.dossier_key set wrapped = $2, erased_at = null, erased_by = null, erased_for = null, basis = null"
        " where dossier = $1",
        erased,
        whole["wrapped"],
    )
    await key_backups.put_back(owner, early, tmp_path)
    assert await openable(work, [erased], "set back") == []


async def test_no_backup_is_kept_for_twenty_days_and_the_last_that_holds_a_key_is_known(
    work: UnitsOfWork, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    dossier, other = await made(work, 2)
    for day in (0, 5):
        await key_backups.take(owner, tmp_path, NOW + timedelta(days=day))
    async with work.begin() as uow:
        await uow.destroy_keys([dossier], "lan.anh", BASIS)
    await key_backups.take(owner, tmp_path, NOW + timedelta(days=9))

    ends = key_backups.last_ends(tmp_path, [str(dossier), str(other)])

    assert ends == {str(dossier): NOW + timedelta(days=24), str(other): NOW + timedelta(days=28)}
    assert len(key_backups.backups(tmp_path)) == 3
    key_backups.sweep(tmp_path, NOW + timedelta(days=19))
    assert len(key_backups.backups(tmp_path)) == 2
    key_backups.sweep(tmp_path, ends[str(dossier)])
    assert str(dossier) not in key_backups.last_ends(tmp_path, [str(dossier)])
    assert timedelta(days=19) == key_backups.KEPT < timedelta(days=20)


async def test_a_backup_is_readable_by_its_owner_alone(owner: asyncpg.Connection, tmp_path: Path) -> None:
    backup = await key_backups.take(owner, tmp_path, NOW)

    assert backup.path.stat().st_mode & 0o777 == 0o600
    assert backup.path.parent.stat().st_mode & 0o777 == 0o700
