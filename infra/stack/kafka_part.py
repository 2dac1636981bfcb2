"""The Kafka half of the stack: embedded or elsewhere, brought to the declared state."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import KafkaException

from bus.errors import QuotasRefused, Transient
from infra.stack import broker
from infra.stack.admin import connect
from infra.stack.broker_settings import PORTS
from infra.stack.certificates import ensure_certificates
from infra.stack.class_archive import ClassArchive
from infra.stack.desired import desired_state
from infra.stack.elsewhere import kafka_elsewhere, need_secret
from infra.stack.errors import AdministratorRefused, StackError
from infra.stack.home import Home
from infra.stack.info import KafkaInfo, PartStatus, StackInfo
from infra.stack.jars import class_path, ensure_jars
from infra.stack.java import find_java
from infra.stack.ports import choose
from infra.stack.processes import Processes
from infra.stack.provision import Provisioner
from infra.stack.quota_admin import quota_admin
from infra.stack.secrets import SecretFiles
from schemas.topics import Topics

ADMIN = "admin"
ADMIN_SECRET = f"kafka/{ADMIN}"


@dataclass(frozen=True, slots=True)
class KafkaPart:
    """Kafka for one home."""

    home: Home
    environ: Mapping[str, str]
    cache: Path
    topics: Topics
    partitions: int
    progress: Callable[[str], None]

    @property
    def embedded(self) -> bool:
        """Whether this stack runs the broker itself."""
        return kafka_elsewhere(self.environ) is None

    def up(self, units: Sequence[str], last: StackInfo | None) -> tuple[KafkaInfo, dict[str, int]]:
        """Running and provisioned: where it listens, and the ports to keep for the next start."""
        elsewhere = kafka_elsewhere(self.environ)
        if elsewhere:
            need_secret(self._secrets, ADMIN_SECRET, "PHOIHOP_KAFKA")
            places, ports = (elsewhere.bootstrap, elsewhere.agency, elsewhere.ca), {}
        else:
            ports = self._running(last) or self._start(last)
            ca = ensure_certificates(self.home.tls).ca
            places = (broker.address(ports["internal"]), broker.address(ports["agency"]), ca)
        self.progress("Kafka answers; declaring topics, users and rights")
        provisioner = self._provisioner(places[1], places[2])
        try:
            provisioner.apply(desired_state(units, topics=self.topics, partitions=self.partitions))
            cluster = provisioner.cluster_id()
        except (KafkaException, Transient, QuotasRefused) as error:
            if not elsewhere:
                raise
            secret = self._secrets.path(ADMIN_SECRET)
            raise AdministratorRefused("Kafka", places[1], secret, str(error.args[0])) from error
        return KafkaInfo(
            bootstrap=places[0], agency=places[1], ca=places[2], cluster_id=cluster, embedded=not elsewhere
        ), ports

    def down(self) -> None:
        """Stop the embedded broker, if any, leave its data clean, and keep what its run taught Java."""
        taught = broker.taught(self.home)
        broker.down(Processes(self.home.processes), teaching=taught.exists())
        if taught.exists():
            self._keep(taught)

    def kill(self) -> None:
        """End the embedded broker at once: its data are to be deleted."""
        broker.down(Processes(self.home.processes), signal.SIGKILL)

    def status(self, last: StackInfo | None) -> PartStatus:
        """Asked by a SCRAM login over the listener of the units."""
        tracked = Processes(self.home.processes).find(broker.NAME)
        place = last.kafka.agency if last else None
        return PartStatus(
            name=broker.NAME,
            embedded=self.embedded,
            running=tracked is not None or not self.embedded,
            ready=last is not None and self._answers(last),
            address=place,
            pid=tracked.pid if tracked else None,
        )

    @property
    def _secrets(self) -> SecretFiles:
        return SecretFiles(self.home.secrets)

    def _provisioner(self, bootstrap: str, ca: Path) -> Provisioner:
        login = (bootstrap, ca, ADMIN, self._secrets.read(ADMIN_SECRET))
        return Provisioner(connect(*login), self._secrets, quota_admin(*login))

    def _answers(self, last: StackInfo) -> bool:
        secrets = self._secrets
        return secrets.exists(ADMIN_SECRET) and broker.answers(
            last.kafka.agency, last.kafka.ca, secrets.read(ADMIN_SECRET)
        )

    def _running(self, last: StackInfo | None) -> dict[str, int] | None:
        """The ports of a broker of ours that runs and answers; anything else on record is ended."""
        if last and last.kafka.embedded and Processes(self.home.processes).find(broker.NAME) and self._answers(last):
            return {name: last.ports[name] for name in PORTS}
        self.down()
        return None

    def _start(self, last: StackInfo | None) -> dict[str, int]:
        ports = choose(PORTS, last.ports if last else {})
        jars = ensure_jars(self.cache, progress=self.progress)
        self.progress("starting Kafka")
        node = broker.Broker(self.home, self._archive(jars), ensure_certificates(self.home.tls), self._secrets)
        node.up(ports, Processes(self.home.processes))
        return ports

    def _keep(self, taught: Path) -> None:
        try:
            self._archive(class_path(self.cache)).keep(taught)
        except (OSError, StackError) as error:
            # A start without it is slower, and nothing else: the servers are down, as was asked.
            self.progress(f"Java's class archive was not kept: {error}")

    def _archive(self, jars: Sequence[Path]) -> ClassArchive:
        return ClassArchive(self.cache, find_java(), jars)
