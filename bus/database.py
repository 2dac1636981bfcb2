"""One service's connections to PostgreSQL: SQLAlchemy's pool over asyncpg, with asyncpg's own transactions.

The engine runs in AUTOCOMMIT, so SQLAlchemy sends no BEGIN of its own; `transaction()` opens one with asyncpg, and
Core statements on `tx.sql` and raw ones on `tx.raw` are then statements of that same transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import asyncpg
import orjson
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from bus.numbers import PoolNumbers

Raw: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
"""asyncpg's connection; quoted because at run time its class takes no parameters."""

GUARDS: Mapping[str, str] = MappingProxyType(
    {
        # A frozen holder of a row lock must be ended by the server, or its successor waits for ever.
        "idle_in_transaction_session_timeout": "10s",
        "transaction_timeout": "30s",
        # Shorter than that: who waits for it tries again, and may do something else between.
        "lock_timeout": "5s",
        "jit": "off",
    }
)
"""Session settings of every connection; a service may give others."""

_PARTING_SECONDS = 5.0

_PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    exc.TimeoutError,
    OSError,
    TimeoutError,
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """Two faces of one open transaction: `sql` for SQLAlchemy Core, `raw` for asyncpg's binary protocol.

    jsonb goes in as JSON text (`bus.database.json_text`) and comes out as Python values.
    """

    sql: AsyncConnection
    raw: Raw


class Database:
    """The connections of one process to one schema."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    def connect(
        cls,
        url: str,
        pool_size: int = 4,
        *,
        schema: str | Sequence[str] | None = None,
        application: str | None = None,
        guards: Mapping[str, str] = GUARDS,
    ) -> "Database":
        """A database at a `postgresql://` or `postgresql+asyncpg://` URL; nothing is opened yet.

        `schema` is the whole search path, one name or several (the role's name unless given: role = schema = section).
        More than `pool_size` connections are never open; who waits longer than 10 s for one gets a transient error.
        """
        target = make_url(url).set(drivername="postgresql+asyncpg")
        found = schema or target.username or "public"
        path = [found] if isinstance(found, str) else found
        names = ", ".join(f'"{name}"' for name in path)
        settings = {"search_path": names, "application_name": application or path[0], **guards}
        return cls(
            create_async_engine(
                target,
                isolation_level="AUTOCOMMIT",
                pool_size=pool_size,
                max_overflow=0,
                pool_timeout=10,
                json_serializer=json_text,
                json_deserializer=orjson.loads,
                hide_parameters=True,
                connect_args={"server_settings": settings, "timeout": 10},
            )
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction, READ COMMITTED: committed when the block ends, rolled back when it raises.

        Who is cancelled inside it is so after the rollback; who is cancelled while it commits, after the commit.
        """
        async with self._connection() as connection:
            transaction = connection.raw.transaction()
            try:
                await _carried_out(connection.raw, transaction.start())
                yield connection
            except BaseException:
                # A cancelled statement may take its connection with it; the server then rolls back by itself.
                if connection.raw.is_in_transaction() and not connection.raw.is_closed():
                    await _carried_out(connection.raw, transaction.rollback())
                raise
            await _carried_out(connection.raw, transaction.commit())

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[Raw]:
        """A connection on which each statement is a transaction of its own."""
        async with self._connection() as connection:
            yield connection.raw

    def pool(self) -> PoolNumbers:
        """How the connections stand now."""
        pool = self._engine.pool
        if not isinstance(pool, QueuePool):
            raise TypeError(f"the engine must keep a queue of connections, not a {type(pool).__name__}")
        return PoolNumbers(pool.checkedin() + pool.checkedout(), pool.checkedout(), pool.size())

    async def close(self) -> None:
        """Close every connection that is not in use."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Transaction]:
        async with self._engine.connect() as sql:
            raw = await _driver(sql)
            while raw.is_closed():
                # The server went away while the connection lay in the pool, and nobody has asked it anything since.
                # The next of the pool may have died with it; a connection newly made is open, or making it raises.
                await sql.invalidate()
                raw = await _driver(sql)
            try:
                yield Transaction(sql, raw)
            finally:
                if raw.is_closed() or raw.is_in_transaction():
                    # The pool sees only what goes through SQLAlchemy: it would hand this connection out again.
                    await sql.invalidate()


def json_text(value: Any) -> str:
    """A value as JSON text, the form in which jsonb parameters are given to `raw`."""
    return orjson.dumps(value).decode()


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed later: a lost connection, a lock, a deadlock, a full or stopping server.

    Never true of a wrong statement or of data that a constraint refuses.
    """
    if isinstance(error, exc.DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or (cause is not None and is_transient(cause))
    if isinstance(error, asyncpg.InterfaceError):
        # asyncpg has no type of its own for these: a closed connection, and one closed while it was working.
        return "closed" in str(error)
    if isinstance(error, asyncpg.InternalClientError):
        # What it says where the server ended the connection in the moment in which a statement was sent.
        return "cannot switch to state" in str(error)
    return isinstance(error, _PASSING)


async def _carried_out(raw: Raw, work: Coroutine[Any, Any, None]) -> None:
    """A BEGIN, COMMIT or ROLLBACK to its end, though the caller be cancelled at each turn of the loop meanwhile.

    Cut off midway, it would leave a transaction that asyncpg takes for the next caller's own, whose writes would then
    be lost. A server that does not answer a cancelled caller in time loses the connection instead.
    """
    task, cancelled = asyncio.ensure_future(work), None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            if cancelled is None:
                asyncio.get_running_loop().call_later(_PARTING_SECONDS, _let_go, raw, task)
            cancelled = error
    if cancelled is not None:
        raise cancelled from task.exception()
    task.result()


def _let_go(raw: Raw, task: "asyncio.Future[None]") -> None:
    if not task.done():
        raw.terminate()


async def _driver(sql: AsyncConnection) -> Raw:
    driver = (await sql.get_raw_connection()).driver_connection
    if not isinstance(driver, asyncpg.Connection):
        raise TypeError(f"the engine must use asyncpg, not {type(driver).__name__}")
    return driver
