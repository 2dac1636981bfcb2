"""`keys.destroy`: only by the service that publishes the dossier, on record, and for good."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import pytest

from bus.identity import uuid7
from infra.stack.testing import TestDatabase

pytestmark = pytest.mark.integration

Connect = Callable[[str], Awaitable[asyncpg.Connection]]
BASIS = "Luật 91/2025/QH15"


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


async def made(connection: asyncpg.Connection) -> UUID:
    dossier = uuid7()
    await connection.execute("select keys.create($1, $2)", [dossier], [b"wrapped key"])
    return dossier


async def destroy(connection: asyncpg.Connection, *dossiers: UUID, basis: str | None = BASIS) -> list[UUID]:
    rows = await connection.fetch("select dossier from keys.destroy($1, 'an.ninh', $2)", dossiers, basis)
    return [row["dossier"] for row in rows]


async def openable(connection: asyncpg.Connection, dossier: UUID) -> int:
    return len(await connection.fetch("select * from keys.open($1, 'look')", [dossier]))


async def test_a_destroyed_key_is_gone_for_everyone_and_its_row_holds_nothing_of_it(connect: Connect) -> None:
    intake, owner = await connect("intake"), await connect("postgres")
    dossier = await made(intake)

    assert await destroy(intake, dossier) == [dossier]

    assert [await openable(await connect(role), dossier) for role in ("intake", "cases", "console")] == [0, 0, 0]
    row = await owner.fetchrow("select * from keys.dossier_key where dossier = $1", dossier)
    assert row is not None
    assert (row["wrapped"], row["erased_by"], row["erased_for"], row["basis"]) == (None, "intake", "an.ninh", BASIS)


async def test_a_destroyed_key_is_never_made_again(connect: Connect) -> None:
    intake = await connect("intake")
    dossier = await made(intake)
    await destroy(intake, dossier)

    with pytest.raises(asyncpg.UniqueViolationError):
        await intake.execute("select keys.create($1, $2)", [dossier], [b"another"])
    assert await openable(intake, dossier) == 0


async def test_a_key_is_destroyed_once_and_put_on_record_once(connect: Connect) -> None:
    intake, owner = await connect("intake"), await connect("postgres")
    dossier = await made(intake)

    assert [await destroy(intake, dossier), await destroy(intake, dossier)] == [[dossier], []]

    noted = await owner.fetch("select role, purpose from keys.audit where act = 'destroy' and dossiers = $1", [dossier])
    assert [(row["role"], row["purpose"]) for row in noted] == [("intake", f"an.ninh: {BASIS}")]


async def test_a_destruction_that_is_rolled_back_never_happened(connect: Connect) -> None:
    intake = await connect("intake")
    dossier = await made(intake)

    transaction = intake.transaction()
    await transaction.start()
    await destroy(intake, dossier)
    await transaction.rollback()

    assert await openable(intake, dossier) == 1


async def test_intake_ends_what_the_gateway_numbered_and_nobody_ends_what_another_publishes(connect: Connect) -> None:
    gateway, intake, cases = [await connect(role) for role in ("gateway", "intake", "cases")]
    signal, tip, case = await made(gateway), await made(intake), await made(cases)

    assert await destroy(cases, signal, tip, case) == [case]
    assert sorted(await destroy(intake, signal, tip, case)) == sorted([signal, tip])


@pytest.mark.parametrize("role", ["directory", "gateway", "notifications", "console", "unmask"])
async def test_a_role_that_owns_no_dossier_destroys_no_key(connect: Connect, role: str) -> None:
    dossier = await made(await connect("intake"))

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await destroy(await connect(role), dossier)


@pytest.mark.parametrize("basis", ["", "  ", None])
async def test_a_key_is_not_destroyed_without_a_legal_basis(connect: Connect, basis: str | None) -> None:
    intake = await connect("intake")
    dossier = await made(intake)

    with pytest.raises(asyncpg.CheckViolationError):
        await destroy(intake, dossier, basis=basis)
    assert await openable(intake, dossier) == 1


async def test_the_old_version_of_the_row_is_vacuumed_at_once_and_not_when_a_fifth_of_the_table_is_old(
    connect: Connect,
) -> None:
    owner = await connect("postgres")

    options = await owner.fetchval("select reloptions from pg_class where oid = 'keys.dossier_key'::regclass")

    assert set(options) == {"autovacuum_vacuum_threshold=0", "autovacuum_vacuum_scale_factor=0"}


async def test_intake_takes_a_block_out_of_the_vault_and_reads_none(connect: Connect) -> None:
    intake, owner = await connect("intake"), await connect("postgres")
    ref = uuid7()
    await intake.execute("select vault.deposit($1, $2)", ref, b"sealed block")

    assert [row["ref"] for row in await intake.fetch("select ref from vault.destroy($1)", [ref, uuid7()])] == [ref]

    assert await owner.fetchval("select count(*) from vault.tip where ref = $1", ref) == 0
    for role in ("unmask", "cases", "console"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await (await connect(role)).fetch("select ref from vault.destroy($1)", [ref])
