"""What tests take from the running stack: a database for a module, an administration, a prefix for a test."""

import hashlib
import secrets as random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from infra.stack import database, postgres
from infra.stack.admin import connect
from infra.stack.blocking import finish
from infra.stack.elsewhere import PostgresElsewhere
from infra.stack.home import exclusive
from infra.stack.info import StackInfo
from infra.stack.migrate import migrate
from infra.stack.provision import Provisioner
from infra.stack.quota_admin import quota_admin
from infra.stack.runs import Run
from infra.stack.secrets import SecretFiles


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """A database of its own, with schemas, keys, vault and the sections' tables."""

    __test__ = False

    info: StackInfo
    name: str
    sections: tuple[str, ...]

    def url(self, role: str) -> str:
        """SQLAlchemy's URL for a role."""
        return database.url(self._place, role, SecretFiles(self.info.secrets))

    async def connect(self, role: str) -> asyncpg.Connection:
        """A plain connection as a role, or as `postgres`, who may do everything."""
        password = SecretFiles(self.info.secrets).read(f"postgres/{role}")
        place = self._place
        return await asyncpg.connect(
            host=place.host, port=place.port, user=role, password=password, database=self.name, timeout=10
        )

    @property
    def _place(self) -> PostgresElsewhere:
        return PostgresElsewhere(self.info.postgres.host, self.info.postgres.port, self.name)


@contextmanager
def fresh_database(run: Run, info: StackInfo, sections: Sequence[str]) -> Iterator[TestDatabase]:
    """A clone of a template that is migrated once a run for each set of sections; dropped at the end."""
    template = _template(run, info, tuple(sections))
    clone = TestDatabase(info, f"test_{random.token_hex(6)}", tuple(sections))
    finish(_as_superuser(info, postgres.SUPERUSER, lambda one: _clone(one, template.name, clone.name)))
    try:
        yield clone
    finally:
        drop = f'drop database "{clone.name}" with (force)'
        finish(_as_superuser(info, postgres.SUPERUSER, lambda one: one.execute(drop)))


def provisioner(info: StackInfo) -> Provisioner:
    """The stack's administration, with the secrets of its home."""
    secrets = SecretFiles(info.secrets)
    login = (info.kafka.agency, info.kafka.ca, "admin", secrets.read("kafka/admin"))
    return Provisioner(connect(*login), secrets, quota_admin(*login))


def unique_prefix() -> str:
    """A prefix for one test's topics, groups and principals; ends in the dot that settings ask for."""
    return f"t{random.token_hex(4)}."


def _template(run: Run, info: StackInfo, sections: tuple[str, ...]) -> TestDatabase:
    name = f"template_{hashlib.sha256(' '.join(sections).encode()).hexdigest()[:10]}"
    template = TestDatabase(info, name, sections)
    done = run.folder / f"{name}.done"
    with exclusive(run.folder / f"{name}.lock"):
        if not done.exists():
            finish(_as_superuser(info, postgres.SUPERUSER, lambda one: _renew(one, name)))
            finish(_as_superuser(info, name, database.prepare_schemas))
            migrate(template.url, sections)
            done.touch()
    return template


async def _renew(connection: asyncpg.Connection, name: str) -> None:
    await connection.execute(f'drop database if exists "{name}" with (force)')
    await database.ensure_database(connection, name)


async def _clone(connection: asyncpg.Connection, template: str, name: str) -> None:
    await connection.execute(f'create database "{name}" template "{template}"')
    await database.restrict_connections(connection, name)


async def _as_superuser(info: StackInfo, name: str, act: Callable[[asyncpg.Connection], Awaitable[Any]]) -> None:
    password = SecretFiles(info.secrets).read(postgres.SUPERUSER_SECRET)
    connection = await postgres.superuser(info.postgres.host, info.postgres.port, password, name)
    try:
        await act(connection)
    finally:
        await connection.close()
