"""The embedded stack: child processes from wheels alone, provisioned, ready to use."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from infra.stack.desired import EMBEDDED_PARTITIONS
from infra.stack.errors import StackNotRunning
from infra.stack.home import Home, exclusive
from infra.stack.info import StackInfo, StackStatus
from infra.stack.kafka_part import KafkaPart
from infra.stack.key_files import ensure_keys
from infra.stack.postgres_part import PostgresPart
from infra.stack.secrets import SecretFiles
from schemas.topics import Topics


def quiet(_: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class EmbeddedStack:
    """Runs what `environ` does not point elsewhere; see `Stack` for what each call promises.

    `cache` keeps the jars for every checkout. `durable=False` trades the data's safety in a power cut for
    the speed that tests want.
    """

    environ: Mapping[str, str]
    cache: Path
    topics: Topics = field(default_factory=Topics)
    partitions: int = EMBEDDED_PARTITIONS
    durable: bool = True
    progress: Callable[[str], None] = quiet

    def up(self, home: Home, units: Sequence[str]) -> StackInfo:
        """Start both servers side by side; when one cannot, both are stopped and its `StackError` is raised."""
        home.prepare()
        with exclusive(home.lock):
            ensure_keys(SecretFiles(home.secrets))
            try:
                info = self._both(home, units)
            except BaseException:
                self._stop(home)
                raise
            info.save(home)
            return info

    def down(self, home: Home) -> None:
        """Stop both servers; nothing happens when none runs."""
        if home.root.exists():
            with exclusive(home.lock):
                self._stop(home)

    def status(self, home: Home) -> StackStatus:
        """What runs and what answers now."""
        last = recorded(home)
        parts = (self._kafka(home).status(last), self._postgres(home).status(last))
        return StackStatus(home=home.root, parts=parts)

    def reset(self, home: Home) -> None:
        """Stop, and delete only what the stack itself made: a mistaken PHOIHOP_HOME loses nothing else."""
        if not home.root.exists():
            return
        with exclusive(home.lock):
            home.info.unlink(missing_ok=True)
            self._kafka(home).kill()
            self._postgres(home).kill()
            self._postgres(home).delete()
            for folder in (home.kafka, home.tls, home.secrets, home.logs, home.processes):
                if folder.exists():
                    shutil.rmtree(folder)

    def _both(self, home: Home, units: Sequence[str]) -> StackInfo:
        last = recorded(home)
        postgres = self._postgres(home)
        with ThreadPoolExecutor(2, thread_name_prefix="stack") as pool:
            starting = pool.submit(postgres.up, last)
            kafka, kafka_ports = self._kafka(home).up(units, last)
            place, postgres_ports = starting.result()
        return StackInfo(
            home=home.root,
            secrets=home.secrets,
            kafka=kafka,
            postgres=place,
            ports=kafka_ports | postgres_ports,
            postgres_data=postgres.data(),
        )

    def _stop(self, home: Home) -> None:
        home.info.unlink(missing_ok=True)
        with ThreadPoolExecutor(2, thread_name_prefix="stack") as pool:
            stopping = pool.submit(self._kafka(home).down)
            self._postgres(home).down()
            stopping.result()

    def _kafka(self, home: Home) -> KafkaPart:
        return KafkaPart(home, self.environ, self.cache, self.topics, self.partitions, self.progress)

    def _postgres(self, home: Home) -> PostgresPart:
        return PostgresPart(home, self.environ, self.durable, self.progress)


def recorded(home: Home) -> StackInfo | None:
    """What the last `up` published, if it was not taken down since."""
    try:
        return StackInfo.load(home)
    except StackNotRunning:
        return None
