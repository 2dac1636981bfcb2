"""Alembic's environment for every section: as the section's own role, in the schema of that name.

The role's search_path is its schema, so tables, revisions and `alembic_version` stay unqualified. The tables
of the bus and partitions are made by SQL of their own and are no business of the comparison with metadata.
"""

import asyncio
import importlib
import os
from pathlib import Path
from typing import Any

from alembic import context
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import bus.ddl

_PARTITIONS = "select relname from pg_class where relispartition and relkind in ('r', 'p')"
_MODULES = {"gateway": "services.intake.gateway.tables"}


def _url(section: str) -> str:
    given = context.config.attributes.get("url")
    if given is not None:
        return str(given)
    from infra.stack.database import url  # noqa: PLC0415 - only a run by hand looks for the stack
    from infra.stack.elsewhere import PostgresElsewhere  # noqa: PLC0415 - as above
    from infra.stack.home import home_of  # noqa: PLC0415 - as above
    from infra.stack.info import StackInfo  # noqa: PLC0415 - as above
    from infra.stack.secrets import SecretFiles  # noqa: PLC0415 - as above

    info = StackInfo.load(home_of(os.environ, Path(__file__).parents[2]))
    place = PostgresElsewhere(info.postgres.host, info.postgres.port, info.postgres.database)
    return url(place, section, SecretFiles(info.secrets))


def _metadata(section: str) -> MetaData:
    module = importlib.import_module(_MODULES.get(section, f"services.{section}.tables"))
    found: MetaData = module.metadata
    return found


def _migrate(connection: Connection, section: str) -> None:
    ignored = set(bus.ddl.TABLES) | set(connection.scalars(text(_PARTITIONS)))

    def ours(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or name not in ignored

    context.configure(connection=connection, target_metadata=_metadata(section), include_name=ours)
    with context.begin_transaction():
        context.run_migrations()


async def _run(section: str) -> None:
    engine = create_async_engine(_url(section), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate, section)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(_run(context.config.config_ini_section))
