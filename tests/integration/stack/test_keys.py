"""`keys.create` and `keys.open`: one key a dossier, each opening on record, nothing else."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import pytest
from uuid_utils import uuid7

from infra.stack.testing import TestDatabase

pytestmark = pytest.mark.integration

Connect = Callable[[str], Awaitable[asyncpg.Connection]]


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture
async def connect(database: TestDatabase) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as stack:

        async def connected(role: str) -> asyncpg.Connection:
            connection = await database.connect(role)
            stack.push_async_callback(connection.close)
            return connection

        yield connected


def some_dossiers(count: int) -> list[UUID]:
    return [UUID(str(uuid7())) for _ in range(count)]


async def create(connection: asyncpg.Connection, dossiers: Sequence[UUID], wrapped: Sequence[bytes]) -> None:
    await connection.execute("select keys.create($1, $2)", dossiers, wrapped)


async def test_keys_of_a_batch_come_back_to_their_own_dossiers(connect: Connect) -> None:
    one, two = some_dossiers(2)
    await create(await connect("gateway"), [one, two], [b"first", b"second"])

    rows = await (await connect("cases")).fetch("select * from keys.open($1, 'route')", [two, one])

    assert {row["dossier"]: row["wrapped"] for row in rows} == {one: b"first", two: b"second"}


async def test_a_dossier_gets_a_key_once_and_a_batch_is_all_or_nothing(connect: Connect) -> None:
    one, two = some_dossiers(2)
    intake = await connect("intake")
    await create(intake, [one], [b"first"])

    with pytest.raises(asyncpg.UniqueViolationError):
        await create(intake, [two, one], [b"new", b"other"])

    rows = await intake.fetch("select * from keys.open($1, 'test')", [one, two])
    assert [(row["dossier"], row["wrapped"]) for row in rows] == [(one, b"first")]


@pytest.mark.parametrize(("dossiers", "wrapped"), [(2, 1), (1, 2)])
async def test_arrays_of_unequal_length_are_refused(connect: Connect, dossiers: int, wrapped: int) -> None:
    with pytest.raises(asyncpg.NotNullViolationError):
        await create(await connect("cases"), some_dossiers(dossiers), [b"key"] * wrapped)


async def test_a_key_made_in_a_transaction_that_fails_was_never_made(connect: Connect) -> None:
    [dossier] = some_dossiers(1)
    intake = await connect("intake")

    transaction = intake.transaction()
    await transaction.start()
    await create(intake, [dossier], [b"key"])
    await transaction.rollback()

    assert await intake.fetch("select * from keys.open($1, 'test')", [dossier]) == []


async def test_an_unknown_dossier_is_simply_absent(connect: Connect) -> None:
    console = await connect("console")

    assert await console.fetch("select * from keys.open($1, 'page')", some_dossiers(3)) == []


async def test_each_opening_is_on_record_with_who_asked_and_why(connect: Connect) -> None:
    dossiers = some_dossiers(2)
    await (await connect("notifications")).fetch("select * from keys.open($1, $2)", dossiers, "deliver")

    owner = await connect("postgres")
    row = await owner.fetchrow("select role, purpose, at from keys.audit where dossiers = $1", dossiers)

    assert row is not None
    assert (row["role"], row["purpose"]) == ("notifications", "deliver")
    assert row["at"].tzinfo is not None


@pytest.mark.parametrize(
    ("purpose", "refusal"),
    [("", asyncpg.CheckViolationError), ("  ", asyncpg.CheckViolationError), (None, asyncpg.NotNullViolationError)],
)
async def test_an_opening_without_a_purpose_is_refused(
    connect: Connect, purpose: str | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await (await connect("console")).fetch("select * from keys.open($1, $2)", some_dossiers(1), purpose)


@pytest.mark.parametrize("role", ["directory", "notifications", "console", "unmask"])
async def test_a_role_that_publishes_no_first_event_makes_no_key(connect: Connect, role: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await create(await connect(role), some_dossiers(1), [b"key"])


@pytest.mark.parametrize("role", ["directory", "gateway", "unmask"])
async def test_a_role_that_reads_no_personal_data_opens_no_key(connect: Connect, role: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await (await connect(role)).fetch("select * from keys.open($1, 'look')", some_dossiers(1))


async def test_the_caller_cannot_swap_what_the_functions_see(connect: Connect) -> None:
    intake = await connect("intake")
    await intake.execute("create table intake.dossier_key (dossier uuid, wrapped bytea)")
    [dossier] = some_dossiers(1)
    await create(intake, [dossier], [b"key"])

    assert await intake.fetchval("select count(*) from intake.dossier_key") == 0
