"""The real stack for a test run: one for all workers, a database for a module, topics for a test.

The run's folder lies beside those of other runs and names its owner, so that a later run ends and removes
what a killed one left behind.
"""

import hashlib
import json
import os
import secrets as random
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from infra.stack import database, postgres
from infra.stack.admin import connect
from infra.stack.blocking import finish
from infra.stack.elsewhere import PostgresElsewhere
from infra.stack.embedded import EmbeddedStack
from infra.stack.home import Home, cache_of, exclusive
from infra.stack.info import StackInfo
from infra.stack.migrate import migrate
from infra.stack.processes import Tracked
from infra.stack.provision import Provisioner
from infra.stack.secrets import SecretFiles

#: Set by the process that began the run and inherited by its workers.
RUN = "PHOIHOP_TEST_RUN"


@dataclass(frozen=True, slots=True)
class Run:
    """One test run and its stack, started by whichever worker needs it first."""

    folder: Path
    environ: Mapping[str, str]

    @property
    def home(self) -> Home:
        """The home of the run's stack."""
        return Home(self.folder / "home")

    def stack(self) -> EmbeddedStack:
        """Not durable: nobody keeps what a test wrote."""
        return EmbeddedStack(self.environ, cache_of(self.environ), durable=False)

    def up(self) -> StackInfo:
        """Running, without units: each test declares its own under its own prefix."""
        return self.stack().up(self.home, units=())

    def finish(self) -> None:
        """End the stack and remove the folder."""
        self.stack().reset(self.home)
        shutil.rmtree(self.folder)


def begin(environ: Mapping[str, str], parent: Path | None = None) -> Run:
    """A run of this process, after ending what killed runs left."""
    base = parent or Path(tempfile.gettempdir()) / f"phoihop-tests-{os.getuid()}"
    base.mkdir(mode=0o700, exist_ok=True)
    with exclusive(base / "runs.lock"):
        for folder in base.iterdir():
            if folder.is_dir() and _abandoned(folder):
                Run(folder, environ).finish()
        folder = base / random.token_hex(4)
        folder.mkdir(mode=0o700)
        me = Tracked("pytest", os.getpid(), psutil.Process().create_time())
        (folder / "owner.json").write_text(json.dumps({"pid": me.pid, "started": me.started}), encoding="utf-8")
    return Run(folder, environ)


def joined(environ: Mapping[str, str]) -> Run:
    """The run that an ancestor began; raises `KeyError` outside of one."""
    return Run(Path(environ[RUN]), environ)


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
    return Provisioner(connect(info.kafka.agency, info.kafka.ca, "admin", secrets.read("kafka/admin")), secrets)


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


def _abandoned(folder: Path) -> bool:
    owner = folder / "owner.json"
    return not owner.exists() or not Tracked("pytest", **json.loads(owner.read_text(encoding="utf-8"))).alive()
