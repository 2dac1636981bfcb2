"""Roles, schemas, keys and vault: what must be in PostgreSQL before any service migrates its own tables."""

import base64
import hashlib
import hmac
import os
from pathlib import Path
from urllib.parse import quote

import asyncpg

from infra.stack.elsewhere import PostgresElsewhere
from infra.stack.secrets import SecretFiles

DATABASE = "phoihop"
#: One login role a process that owns or reads data; `unmask` has no schema of its own.
ROLES = ("directory", "intake", "gateway", "unmask", "cases", "notifications", "console")
#: They own what services reach through functions alone, and nobody can sign in as them.
OWNERS = ("keys_owner", "vault_owner")
SQL = Path(__file__).parents[1] / "postgres"
_ITERATIONS = 4096
_APPLIED = "create table if not exists %I.applied (version text primary key, at timestamptz not null default now())"
#: A stuck handler must let go before its partition's lease and its callers' patience run out.
_TIMEOUTS = {
    "idle_in_transaction_session_timeout": "10s",
    "transaction_timeout": "30s",
    "lock_timeout": "5s",
}


async def prepare_roles(connection: asyncpg.Connection, secrets: SecretFiles) -> None:
    """Each role exists, with the password on file and its time limits. Runs as the superuser, idempotent."""
    known = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
    for owner in OWNERS:
        if owner not in known:
            await _run(connection, "create role %I nologin", owner)
    for role in ROLES:
        await _prepare_role(connection, secrets, role, known=role in known)


async def ensure_database(connection: asyncpg.Connection, name: str = DATABASE) -> bool:
    """The database exists and only our roles may connect; True when it was made by this call."""
    if await connection.fetchval("select 1 from pg_database where datname = $1", name):
        return False
    await _run(connection, "create database %I", name)
    await restrict_connections(connection, name)
    return True


async def restrict_connections(connection: asyncpg.Connection, name: str) -> None:
    """Only the service roles may connect to this database; a clone needs it again."""
    await _run(connection, "revoke all on database %I from public", name)
    for role in ROLES:
        await _run(connection, "grant connect on database %I to %I", name, role)


async def prepare_schemas(connection: asyncpg.Connection) -> list[str]:
    """Schemas, keys and vault in the database of this connection; the versions applied by this call."""
    await connection.execute((SQL / "database.sql").read_text(encoding="utf-8"))
    return [*await _upgrade(connection, "keys"), *await _upgrade(connection, "vault")]


async def _prepare_role(connection: asyncpg.Connection, secrets: SecretFiles, role: str, *, known: bool) -> None:
    if known and secrets.exists(f"postgres/{role}"):
        return
    verifier = scram_verifier(secrets.ensure(f"postgres/{role}"), os.urandom(16))
    if not known:
        await _run(connection, "create role %I login noinherit", role)
    # A verifier, so that no statement that could reach the server's log carries the password.
    await _run(connection, "alter role %I password %L", role, verifier)
    await _run(connection, "alter role %I set search_path = %I", role, role)
    for name, value in _TIMEOUTS.items():
        await _run(connection, "alter role %I set %I = %L", role, name, value)


async def _upgrade(connection: asyncpg.Connection, section: str) -> list[str]:
    """Run the section's numbered files that this database has not seen, as its owner, all or nothing."""
    async with connection.transaction():
        await _run(connection, "set local role %I", f"{section}_owner")
        await _run(connection, _APPLIED, section)
        done = {row["version"] for row in await connection.fetch(f"select version from {section}.applied")}  # noqa: S608 - a constant of this file
        files = [path for path in sorted((SQL / section).glob("*.sql")) if path.stem not in done]
        for path in files:
            await connection.execute(path.read_text(encoding="utf-8"))
            await connection.execute(f"insert into {section}.applied (version) values ($1)", path.stem)  # noqa: S608 - as above
    return [path.stem for path in files]


async def _run(connection: asyncpg.Connection, template: str, *values: str) -> None:
    """Execute a statement that takes no parameters; the server itself quotes what goes into it."""
    arguments = ", ".join(f"${number}::text" for number in range(2, len(values) + 2))
    statement = await connection.fetchval(f"select format($1, {arguments})", template, *values)
    await connection.execute(statement)


def scram_verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL stores for a password under scram-sha-256 (RFC 5803): it cannot be turned back."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def url(place: PostgresElsewhere, role: str, secrets: SecretFiles) -> str:
    """SQLAlchemy's URL for one role, password included: not for logs."""
    password = quote(secrets.read(f"postgres/{role}"), safe="")
    return f"postgresql+asyncpg://{role}:{password}@{place.host}:{place.port}/{place.database}"
