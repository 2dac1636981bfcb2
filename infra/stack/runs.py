"""Test runs and their stacks: one folder a run, shared by all its workers.

The folder lies beside those of other runs and names its owner, so that a later run ends and removes what a
killed one left behind. Importing this loads no client of Kafka or PostgreSQL.
"""

import json
import os
import secrets as random
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.stack.home import Home, cache_of, exclusive
from infra.stack.info import StackInfo
from infra.stack.processes import Tracked, myself

if TYPE_CHECKING:
    from infra.stack.embedded import EmbeddedStack

#: Set by the process that began the run and inherited by its workers.
RUN = "PHOIHOP_TEST_RUN"
_OWNER = "owner.json"
_LOCK = "runs.lock"


@dataclass(frozen=True, slots=True)
class Run:
    """One test run and its stack, started by whichever worker needs it first."""

    folder: Path
    environ: Mapping[str, str]

    @property
    def home(self) -> Home:
        """The home of the run's stack."""
        return Home(self.folder / "home")

    def up(self) -> StackInfo:
        """Running, without units: each test declares its own under its own prefix."""
        sweep(self.folder.parent, self.environ)
        return self._stack().up(self.home, units=())

    def finish(self) -> None:
        """End the stack, if it was ever started, and remove the folder."""
        if self.home.root.exists():
            self._stack().reset(self.home)
        shutil.rmtree(self.folder)

    def _stack(self) -> "EmbeddedStack":
        """Not durable: nobody keeps what a test wrote."""
        from infra.stack.embedded import EmbeddedStack  # noqa: PLC0415 - a run without the stack does not pay for it

        return EmbeddedStack(self.environ, cache_of(self.environ), durable=False)


def begin(environ: Mapping[str, str], parent: Path | None = None) -> Run:
    """A run that this process owns; nothing is started yet."""
    base = parent or Path(tempfile.gettempdir()) / f"phoihop-tests-{os.getuid()}"
    base.mkdir(mode=0o700, exist_ok=True)
    with exclusive(base / _LOCK):
        folder = base / random.token_hex(4)
        folder.mkdir(mode=0o700)
        (folder / _OWNER).write_text(json.dumps(asdict(myself("pytest"))), encoding="utf-8")
    return Run(folder, environ)


def sweep(base: Path, environ: Mapping[str, str]) -> list[Path]:
    """End and remove the runs whose owner is gone, killed before it could do so itself; returns their folders."""
    with exclusive(base / _LOCK):
        gone = [folder for folder in base.iterdir() if folder.is_dir() and _abandoned(folder)]
        for folder in gone:
            Run(folder, environ).finish()
    return gone


def joined(environ: Mapping[str, str]) -> Run:
    """The run that this process or an ancestor began; raises `KeyError` outside of one."""
    return Run(Path(environ[RUN]), environ)


def _abandoned(folder: Path) -> bool:
    owner = folder / _OWNER
    return not owner.exists() or not Tracked(**json.loads(owner.read_text(encoding="utf-8"))).alive()
