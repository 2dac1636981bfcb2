"""Reads and writes directory's tables, inside a transaction that the caller opened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.directory.model import Key, Person, Session, Slot
from services.directory.tables import person, session, sign_in_attempt, unit_credential

ATTEMPTS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is remembered of a login that was tried: failures in a row, and until when it must wait."""

    failures: int = 0
    locked_until: datetime | None = None


async def find_person(sql: AsyncConnection, login: str) -> Person | None:
    """The person with this login, disabled ones too."""
    row = (await sql.execute(select(person).where(person.c.login == login))).mappings().first()
    return _person(row) if row else None


async def anyone(sql: AsyncConnection) -> bool:
    """Whether there is any person at all."""
    return bool(await sql.scalar(select(exists().select_from(person))))


async def add_person(sql: AsyncConnection, new: Person, now: datetime, by: str) -> bool:
    """Add a person; False where the login is taken."""
    values = {
        "login": new.login, "name": new.name, "unit": new.unit, "roles": sorted(new.roles),
        "password_hash": new.password_hash, "created_at": now, "created_by": by,
    }  # fmt: skip
    return await _inserted(sql, insert(person).values(values).on_conflict_do_nothing())


async def disable_person(sql: AsyncConnection, login: str, now: datetime) -> bool:
    """End a person's access with all their sessions; False where nobody has the login."""
    when = func.coalesce(person.c.disabled_at, now)
    found = await sql.execute(update(person).where(person.c.login == login).values(disabled_at=when))
    await sql.execute(delete(session).where(session.c.login == login))
    return bool(found.rowcount)


async def hold_attempt(sql: AsyncConnection, login_hash: bytes, now: datetime) -> Attempt:
    """What is remembered of this login, locked until the transaction ends so that parallel guesses queue up."""
    first = insert(sign_in_attempt).values(login_hash=login_hash, failures=0, last_at=now)
    await sql.execute(first.on_conflict_do_nothing())
    row = (
        await sql.execute(
            select(sign_in_attempt.c.failures, sign_in_attempt.c.locked_until)
            .where(sign_in_attempt.c.login_hash == login_hash)
            .with_for_update()
        )
    ).one()
    return Attempt(row.failures, row.locked_until)


async def save_attempt(sql: AsyncConnection, login_hash: bytes, attempt: Attempt, now: datetime) -> None:
    """Remember an attempt, and forget those of more than a day ago."""
    mine = sign_in_attempt.c.login_hash == login_hash
    await sql.execute(
        update(sign_in_attempt)
        .where(mine)
        .values(failures=attempt.failures, last_at=now, locked_until=attempt.locked_until)
    )
    await sql.execute(delete(sign_in_attempt).where(sign_in_attempt.c.last_at < now - ATTEMPTS_KEPT))


async def forget_attempt(sql: AsyncConnection, login_hash: bytes) -> None:
    """A right password clears the record."""
    await sql.execute(delete(sign_in_attempt).where(sign_in_attempt.c.login_hash == login_hash))


async def add_session(sql: AsyncConnection, token_hash: bytes, login: str, now: datetime, expires_at: datetime) -> None:
    """Open a session, and drop those that have run out."""
    await sql.execute(delete(session).where(session.c.expires_at <= now))
    await sql.execute(insert(session).values(token_hash=token_hash, login=login, created_at=now, expires_at=expires_at))


async def find_session(sql: AsyncConnection, token_hash: bytes) -> Session | None:
    """The session of this credential with its person; it may have run out."""
    joined = select(person, session.c.expires_at).join_from(session, person)
    row = (await sql.execute(joined.where(session.c.token_hash == token_hash))).mappings().first()
    return Session(_person(row), row["expires_at"]) if row else None


async def end_session(sql: AsyncConnection, token_hash: bytes) -> bool:
    """Delete the session; False where there was none."""
    return bool((await sql.execute(delete(session).where(session.c.token_hash == token_hash))).rowcount)


async def find_key(sql: AsyncConnection, key_hash: bytes) -> Key | None:
    """The key with this digest if it is in force."""
    table = unit_credential
    columns = (table.c.kind, table.c.unit, table.c.name, table.c.scope)
    in_force = (table.c.key_hash == key_hash) & table.c.revoked_at.is_(None)
    row = (await sql.execute(select(*columns).where(in_force))).first()
    return Key(row.kind, row.unit, row.name, frozenset(row.scope)) if row else None


async def held_slots(sql: AsyncConnection, unit: str) -> list[tuple[Slot, datetime]]:
    """The slots of a unit's keys in force with their dates; a second issue for the unit waits for this transaction."""
    await sql.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"unit key {unit}", 0))))
    table = unit_credential
    mine = (table.c.kind == "http") & (table.c.unit == unit) & table.c.revoked_at.is_(None)
    rows = await sql.execute(select(table.c.slot, table.c.created_at).where(mine))
    return [(row.slot, row.created_at) for row in rows]


async def issued_for(sql: AsyncConnection, request: str) -> bool:
    """Whether a key was issued for this request already."""
    return bool(await sql.scalar(select(exists().where(unit_credential.c.request == request))))


async def add_key(
    sql: AsyncConnection, key: Key, slot: Slot, *, key_id: UUID, key_hash: bytes, request: str, now: datetime, by: str
) -> None:
    """Put a key in force in its slot, in place of the one that was there."""
    await revoke_keys(sql, key.kind, key.unit, key.name, slots={slot}, now=now)
    values = {
        "id": key_id, "kind": key.kind, "unit": key.unit, "slot": slot, "name": key.name, "scope": sorted(key.scope),
        "key_hash": key_hash, "request": request, "created_at": now, "created_by": by,
    }  # fmt: skip
    await sql.execute(insert(unit_credential).values(values))


async def revoke_keys(
    sql: AsyncConnection, kind: str, unit: str, name: str, *, slots: Collection[Slot], now: datetime
) -> int:
    """End the keys in these slots; how many there were."""
    table = unit_credential
    mine = (table.c.kind == kind) & (table.c.unit == unit) & (table.c.name == name) & table.c.slot.in_(slots)
    found = await sql.execute(update(table).where(mine & table.c.revoked_at.is_(None)).values(revoked_at=now))
    return int(found.rowcount)


async def _inserted(sql: AsyncConnection, statement: Any) -> bool:
    return bool((await sql.execute(statement)).rowcount)


def _person(row: RowMapping) -> Person:
    return Person(
        row["login"], row["name"], row["unit"], frozenset(row["roles"]), row["password_hash"], row["disabled_at"]
    )
