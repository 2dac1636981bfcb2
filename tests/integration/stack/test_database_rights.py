"""Each role works in its own schema and is refused every other, the keys' tables and the vault."""

from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from infra.stack.database import ROLES
from infra.stack.testing import TestDatabase

pytestmark = pytest.mark.integration

SCHEMAS = tuple(role for role in ROLES if role != "unmask")


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture(params=ROLES)
async def role(request: pytest.FixtureRequest, database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect(request.param)
    yield connection
    await connection.close()


async def test_each_role_is_refused_each_foreign_schema(role: asyncpg.Connection, database: TestDatabase) -> None:
    me = await role.fetchval("select current_user")
    owner = await database.connect("postgres")
    try:
        for schema in SCHEMAS:
            await owner.execute(f"create table if not exists {schema}.secret as select 1 as one")
            await owner.execute(f"alter table {schema}.secret owner to {schema}")
    finally:
        await owner.close()

    for schema in SCHEMAS:
        if schema == me:
            assert await role.fetchval(f"table {schema}.secret") == 1
            continue
        for statement in (f"table {schema}.secret", f"create table {schema}.mine (one int)"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await role.execute(statement)


async def test_no_role_reaches_the_tables_of_keys(role: asyncpg.Connection) -> None:
    for statement in (
        "select * from keys.dossier_key",
        "select * from keys.audit",
        "delete from keys.dossier_key",
        "insert into keys.dossier_key (dossier, wrapped) values (uuidv7(), '')",
        "update keys.audit set purpose = 'other'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute(statement)


async def test_no_role_but_unmask_reads_the_vault_and_nobody_changes_it(role: asyncpg.Connection) -> None:
    me = await role.fetchval("select current_user")
    forbidden = [
        "insert into vault.tip (ref, sealed) values (uuidv7(), '')",
        "update vault.tip set sealed = ''",
        "delete from vault.tip",
        "truncate vault.tip",
        "delete from vault.opening",
        "select * from vault.opening",
    ]
    if me != "unmask":
        forbidden.append("select * from vault.tip")

    for statement in forbidden:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute(statement)


async def test_no_role_can_become_another(role: asyncpg.Connection) -> None:
    me = await role.fetchval("select current_user")

    for other in (*ROLES, "keys_owner", "vault_owner", "postgres"):
        if other != me:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await role.execute(f"set role {other}")


async def test_no_role_may_use_the_public_schema_or_make_another(role: asyncpg.Connection) -> None:
    for statement in (
        "create table public.mine (one int)",
        "create schema mine",
        "create temp table mine (one int)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute(statement)


async def test_a_role_gives_up_before_it_blocks_others(role: asyncpg.Connection) -> None:
    limits = {
        name: await role.fetchval("select current_setting($1)", name)
        for name in ("idle_in_transaction_session_timeout", "transaction_timeout", "lock_timeout")
    }

    assert limits == {
        "idle_in_transaction_session_timeout": "10s",
        "transaction_timeout": "30s",
        "lock_timeout": "5s",
    }


async def test_a_wrong_password_is_refused_even_on_loopback(database: TestDatabase) -> None:
    place = database.info.postgres

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host=place.host, port=place.port, user="intake", password="wrong", database=database.name, timeout=5
        )


@pytest.mark.parametrize("owner", ["keys_owner", "vault_owner"])
async def test_nobody_signs_in_as_an_owner(database: TestDatabase, owner: str) -> None:
    place = database.info.postgres

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host=place.host, port=place.port, user=owner, password="", database=database.name, timeout=5
        )


async def test_the_log_of_the_server_repeats_no_value_of_a_row(database: TestDatabase) -> None:
    connection = await database.connect("intake")
    try:
        await connection.execute("create table intake.once (value text primary key)")
        await connection.execute("insert into intake.once values ($1)", "0987 654 321")
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("insert into intake.once values ($1)", "0987 654 321")
    finally:
        await connection.close()

    log = (database.info.home / "logs" / "postgres.log").read_text(encoding="utf-8")
    assert "once_pkey" in log
    assert "0987" not in log
