"""The PostgreSQL half of the stack: embedded or elsewhere, with roles, schemas, keys and vault."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from infra.stack import database, postgres, server_account
from infra.stack.blocking import finish
from infra.stack.elsewhere import PostgresElsewhere, need_secret, postgres_elsewhere
from infra.stack.errors import AdministratorRefused
from infra.stack.home import Home
from infra.stack.info import PartStatus, PostgresInfo, StackInfo
from infra.stack.ports import LOOPBACK, choose
from infra.stack.processes import Processes
from infra.stack.secrets import SecretFiles


@dataclass(frozen=True, slots=True)
class PostgresPart:
    """PostgreSQL for one home."""

    home: Home
    environ: Mapping[str, str]
    durable: bool
    progress: Callable[[str], None]

    @property
    def embedded(self) -> bool:
        """Whether this stack runs the server itself."""
        return postgres_elsewhere(self.environ) is None

    def up(self, last: StackInfo | None) -> tuple[PostgresInfo, dict[str, int]]:
        """Running, and provisioned: where it listens, and the port to keep for the next start."""
        elsewhere = postgres_elsewhere(self.environ)
        if elsewhere:
            need_secret(self._secrets, postgres.SUPERUSER_SECRET, "PHOIHOP_DATABASE")
            place, ports = elsewhere, {}
        else:
            ports = self._running(last) or self._start(last)
            place = PostgresElsewhere(LOOPBACK, ports[postgres.NAME], database.DATABASE)
        self.progress("PostgreSQL answers; preparing roles, schemas, keys and vault")
        finish(self._prepare(place))
        return PostgresInfo(host=place.host, port=place.port, database=place.database, embedded=not elsewhere), ports

    def down(self) -> None:
        """Stop the embedded server, if any, and leave its data clean."""
        postgres.down(Processes(self.home.processes))

    def kill(self) -> None:
        """End the embedded server at once: its data are to be deleted."""
        postgres.down(Processes(self.home.processes), signal.SIGKILL)

    def status(self, last: StackInfo | None) -> PartStatus:
        """Asked by `select 1` as the superuser."""
        tracked = Processes(self.home.processes).find(postgres.NAME)
        return PartStatus(
            name=postgres.NAME,
            embedded=self.embedded,
            running=tracked is not None or not self.embedded,
            ready=last is not None and finish(self._answers(last)),
            address=f"{last.postgres.host}:{last.postgres.port}" if last else None,
            pid=tracked.pid if tracked else None,
        )

    def data(self) -> Path | None:
        """Where the embedded server keeps its data."""
        return self._server().residence.data if self.embedded else None

    def delete(self) -> None:
        """Remove the embedded server's data, wherever they lie."""
        server_account.remove(self.home)

    @property
    def _secrets(self) -> SecretFiles:
        return SecretFiles(self.home.secrets)

    def _server(self) -> postgres.Server:
        return postgres.server(self.home, self._secrets, durable=self.durable)

    async def _answers(self, last: StackInfo) -> bool:
        secrets = self._secrets
        if not secrets.exists(postgres.SUPERUSER_SECRET):
            return False
        return await postgres.answers(last.postgres.host, last.postgres.port, secrets.read(postgres.SUPERUSER_SECRET))

    def _running(self, last: StackInfo | None) -> dict[str, int] | None:
        """The port of a server of ours that runs and answers; anything else on record is ended."""
        mine = Processes(self.home.processes).find(postgres.NAME)
        if mine and last and last.postgres.embedded and finish(self._answers(last)):
            return {postgres.NAME: last.ports[postgres.NAME]}
        self.down()
        return None

    def _start(self, last: StackInfo | None) -> dict[str, int]:
        ports = choose([postgres.NAME], last.ports if last else {})
        self.progress("starting PostgreSQL")
        self._server().up(ports[postgres.NAME], Processes(self.home.processes))
        return ports

    async def _prepare(self, place: PostgresElsewhere) -> None:
        password = self._secrets.read(postgres.SUPERUSER_SECRET)
        try:
            server = await postgres.superuser(place.host, place.port, password)
        except (OSError, asyncpg.PostgresError) as error:
            secret, address = self._secrets.path(postgres.SUPERUSER_SECRET), f"{place.host}:{place.port}"
            raise AdministratorRefused("PostgreSQL", address, secret, str(error)) from error
        try:
            await database.prepare_roles(server, self._secrets)
            await database.ensure_database(server, place.database)
        finally:
            await server.close()
        inside = await postgres.superuser(place.host, place.port, password, place.database)
        try:
            await database.prepare_schemas(inside)
        finally:
            await inside.close()
