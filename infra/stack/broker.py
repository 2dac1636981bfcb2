"""One Apache Kafka node: configured, formatted, started, awaited by a SCRAM login, stopped."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import KafkaException

from infra.stack import admin
from infra.stack.broker_settings import BrokerSettings, format_arguments
from infra.stack.certificates import Certificates
from infra.stack.class_archive import ClassArchive
from infra.stack.errors import PortTaken, StartFailed
from infra.stack.home import Home
from infra.stack.ports import LOOPBACK
from infra.stack.processes import Processes, Tracked, begin_log, start
from infra.stack.secrets import SecretFiles, random_secret

NAME = "kafka"
#: A start takes 3 to 6 seconds and 17 were seen under load.
_READY_SECONDS = 90.0
_STOP_SECONDS = 15.0
#: A run that teaches Java writes some 60 MB after Kafka is closed; nothing of the data waits for that.
_TEACHING_STOP_SECONDS = 60.0
_ATTEMPT_SECONDS = 2.0
#: The full JIT on purpose: C1 alone has no AES-GCM intrinsics and triples the cost of TLS.
_JVM = ("-Xms64m", "-Xmx512m", "-Djava.awt.headless=true", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")


@dataclass(frozen=True, slots=True)
class Broker:
    """What it takes to run the node of one home."""

    home: Home
    archive: ClassArchive
    certificates: Certificates
    secrets: SecretFiles

    @property
    def log(self) -> Path:
        """What the broker prints, warnings and worse."""
        return self.home.logs / "kafka.log"

    @property
    def data(self) -> Path:
        """The log segments and metadata."""
        return self.home.kafka / "data"

    def up(self, ports: dict[str, int], processes: Processes) -> None:
        """Start the node and return when it answers; the first time, format it and set its first secrets.

        Raises `PortTaken` or `StartFailed`.
        """
        self._configure(ports)
        bootstrap = None if self.formatted() else self._format()
        begin_log(self.log)
        options = self.archive.options(taught(self.home))
        tracked = start(NAME, self._java(*options, *_JVM, "kafka.Kafka", str(self._properties)), log=self.log)
        processes.add(tracked)
        secret = bootstrap or self.secrets.read("kafka/admin")
        self._await(tracked, ports, secret)
        if bootstrap:
            self._replace_bootstrap(ports, bootstrap)

    def formatted(self) -> bool:
        """Whether the node has finished its first start: only then is the secret on file the broker's."""
        return (self.home.kafka / "formatted").exists()

    @property
    def _properties(self) -> Path:
        return self.home.kafka / "server.properties"

    def _configure(self, ports: dict[str, int]) -> None:
        settings = BrokerSettings(ports, str(self.data), str(self.certificates.server), str(self.certificates.ca))
        SecretFiles(self.home.kafka).write("server.properties", settings.text(self.secrets))

    def _format(self) -> str:
        """Give the empty data folder its identity and a first password for `admin`, valid for seconds.

        The password travels in an argument file, not in the arguments that `ps` shows, and the
        tool's output is dropped because it repeats the salted credential.
        """
        _empty(self.data)
        bootstrap = random_secret()
        arguments = SecretFiles(self.home.kafka)
        text = format_arguments(self._class_path, str(self._properties), {"admin": bootstrap})
        arguments.write("format.args", text)
        try:
            short = ("-Xshare:auto", "-XX:TieredStopAtLevel=1", f"@{arguments.path('format.args')}")
            result = subprocess.run(
                [str(self.archive.java.path), *short],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=_READY_SECONDS,
            )  # fmt: skip
        finally:
            arguments.remove("format.args")
        if result.returncode != 0:
            raise StartFailed("Kafka", f"formatting ended with exit code {result.returncode}", self.log)
        return bootstrap

    def _await(self, tracked: Tracked, ports: dict[str, int], secret: str) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        client = admin.connect(address(ports["agency"]), self.certificates.ca, "admin", secret)
        while time.monotonic() < deadline:
            try:
                client.list_topics(timeout=_ATTEMPT_SECONDS)
            except KafkaException:
                if not tracked.alive():
                    raise _ended(self.log, ports) from None
            else:
                return
        raise StartFailed("Kafka", f"no login succeeded within {_READY_SECONDS:.0f} s", self.log)

    def _replace_bootstrap(self, ports: dict[str, int], bootstrap: str) -> None:
        client = admin.connect(address(ports["agency"]), self.certificates.ca, "admin", bootstrap)
        secrets = {user: self.secrets.ensure(f"kafka/{user}") for user in ("admin", "broker")}
        admin.set_secret(client, secrets)
        (self.home.kafka / "formatted").touch()

    @property
    def _class_path(self) -> str:
        return os.pathsep.join(str(jar) for jar in self.archive.jars)

    def _java(self, *arguments: str) -> list[str]:
        return [str(self.archive.java.path), "-cp", self._class_path, *arguments]


def taught(home: Home) -> Path:
    """Where a run leaves what it taught Java; the folder is there while such a run is under way."""
    return home.kafka / "classes"


def down(processes: Processes, farewell: signal.Signals = signal.SIGTERM, *, teaching: bool = False) -> None:
    """Stop the node if it runs: asked first, killed after 15 seconds, or after 60 where it writes a class archive."""
    processes.end(NAME, farewell, _TEACHING_STOP_SECONDS if teaching else _STOP_SECONDS)


def address(port: int) -> str:
    """A bootstrap address on loopback."""
    return f"{LOOPBACK}:{port}"


def answers(bootstrap: str, ca: Path, secret: str) -> bool:
    """Whether a SCRAM login as `admin` over this listener gets an answer within 2 seconds."""
    try:
        admin.connect(bootstrap, ca, "admin", secret).list_topics(timeout=_ATTEMPT_SECONDS)
    except KafkaException:
        return False
    return True


def _ended(log: Path, ports: dict[str, int]) -> PortTaken | StartFailed:
    text = log.read_text(encoding="utf-8", errors="replace")
    if "Address already in use" in text or "Socket server failed to bind" in text:
        taken = next((port for port in ports.values() if f":{port}" in text), ports["agency"])
        return PortTaken("Kafka", taken)
    return StartFailed("Kafka", "the process ended", log)


def _empty(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
