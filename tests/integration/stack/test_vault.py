"""The vault: intake adds within its own transaction and never reads; unmask reads and notes each opening."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import asyncpg
import pytest
from uuid_utils import uuid7

from infra.stack.testing import TestDatabase

pytestmark = pytest.mark.integration

ROLES_WITHOUT_DEPOSIT = ["directory", "gateway", "unmask", "cases", "notifications", "console"]
OPENING = (
    "insert into vault.opening (tip, part, purpose, person, unit, roles) values ($1, $2, $3, 'lan', 'bcd-79', '{}')"
)


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture
async def intake(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect("intake")
    yield connection
    await connection.close()


@pytest.fixture
async def unmask(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect("unmask")
    yield connection
    await connection.close()


@pytest.fixture
def ref() -> UUID:
    return UUID(str(uuid7()))


async def test_a_deposit_rides_intakes_own_transaction(
    intake: asyncpg.Connection, unmask: asyncpg.Connection, ref: UUID
) -> None:
    await intake.execute("create table if not exists intake.noted (ref uuid)")
    kept, dropped = ref, UUID(str(uuid7()))

    async with intake.transaction():
        await intake.execute("insert into intake.noted values ($1)", kept)
        await intake.execute("select vault.deposit($1, $2)", kept, b"sealed")
    failing = intake.transaction()
    await failing.start()
    await intake.execute("select vault.deposit($1, $2)", dropped, b"sealed")
    await failing.rollback()

    assert await unmask.fetchval("select sealed from vault.tip where ref = $1", kept) == b"sealed"
    assert await unmask.fetchval("select count(*) from vault.tip where ref = $1", dropped) == 0


async def test_a_second_deposit_for_a_tip_is_refused(
    intake: asyncpg.Connection, unmask: asyncpg.Connection, ref: UUID
) -> None:
    await intake.execute("select vault.deposit($1, $2)", ref, b"first")

    with pytest.raises(asyncpg.UniqueViolationError):
        await intake.execute("select vault.deposit($1, $2)", ref, b"second")

    assert await unmask.fetchval("select sealed from vault.tip where ref = $1", ref) == b"first"


@pytest.mark.parametrize("role", ROLES_WITHOUT_DEPOSIT)
async def test_only_intake_deposits(database: TestDatabase, role: str, ref: UUID) -> None:
    connection = await database.connect(role)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("select vault.deposit($1, $2)", ref, b"sealed")
    finally:
        await connection.close()


async def test_an_opening_is_noted_once_and_for_all(unmask: asyncpg.Connection, ref: UUID) -> None:
    await unmask.execute(OPENING, ref, "informant", "call back")

    for statement in ("update vault.opening set purpose = 'other'", "delete from vault.opening"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await unmask.execute(statement)


@pytest.mark.parametrize(("part", "purpose"), [("everything", "look"), ("content", " ")])
async def test_an_opening_names_a_known_part_and_a_purpose(
    unmask: asyncpg.Connection, ref: UUID, part: str, purpose: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await unmask.execute(OPENING, ref, part, purpose)
