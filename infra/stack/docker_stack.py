"""The stack in containers (`PHOIHOP_STACK=docker`): the publishers' images, provisioned like any stack elsewhere."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from infra.stack import broker, postgres, recipes
from infra.stack.blocking import finish
from infra.stack.broker_settings import PORTS
from infra.stack.certificates import ensure_certificates
from infra.stack.containers import Server
from infra.stack.database import DATABASE
from infra.stack.desired import EMBEDDED_PARTITIONS
from infra.stack.embedded import EmbeddedStack, quiet
from infra.stack.engine import KAFKA_VARIABLE, POSTGRES_VARIABLE, engine, images_of, need_image
from infra.stack.errors import ContainerFailed
from infra.stack.home import Home, exclusive
from infra.stack.info import StackInfo, StackStatus
from infra.stack.key_files import ensure_keys
from infra.stack.ports import LOOPBACK, choose
from infra.stack.secrets import SecretFiles
from schemas.topics import Topics

_READY_SECONDS = 120.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class DockerStack:
    """Runs both servers on the engine that `environ` names; see `Stack` for what each call promises.

    The engine runs on this machine: the servers are published on loopback, on ports that they keep.
    """

    environ: Mapping[str, str]
    cache: Path
    topics: Topics = field(default_factory=Topics)
    partitions: int = EMBEDDED_PARTITIONS
    progress: Callable[[str], None] = quiet

    def up(self, home: Home, units: Sequence[str]) -> StackInfo:
        """Both containers run and are provisioned; raises `EngineMissing`, `ImageMissing` or `ContainerFailed`."""
        home.prepare()
        kafka, database = self._servers(home)
        secrets = SecretFiles(home.secrets)
        with exclusive(home.root / "containers.lock"):
            ensure_keys(secrets)
            try:
                with ThreadPoolExecutor(2, thread_name_prefix="container") as pool:
                    starting = pool.submit(self._postgres, database, secrets)
                    ports = self._kafka(kafka, home, secrets) | starting.result()
                return self._elsewhere(home, ports).up(home, units)
            except BaseException:
                self.down(home)
                raise

    def down(self, home: Home) -> None:
        """Stop both containers; nothing happens when none runs."""
        home.info.unlink(missing_ok=True)
        for server in self._servers(home):
            server.stop()

    def status(self, home: Home) -> StackStatus:
        """Which container runs, and what answers now; an engine that does not answer runs nothing."""
        servers = {server.kind: server for server in self._servers(home)}
        found = self._elsewhere(home, {}).status(home)
        parts = tuple(part.model_copy(update={"running": servers[part.name].runs()}) for part in found.parts)
        return found.model_copy(update={"parts": parts})

    def reset(self, home: Home) -> None:
        """Remove both containers with their data, and what the home holds of the stack."""
        for server in self._servers(home):
            server.remove()
        EmbeddedStack({}, self.cache).reset(home)

    def _servers(self, home: Home) -> tuple[Server, Server]:
        client = engine(self.environ)
        return Server(broker.NAME, home, self.environ, client), Server(postgres.NAME, home, self.environ, client)

    def _kafka(self, server: Server, home: Home, secrets: SecretFiles) -> dict[str, int]:
        made = ensure_certificates(home.tls)
        ports = server.resume()
        if ports is None:
            image = images_of(self.environ).kafka
            need_image(server.client, image, KAFKA_VARIABLE)
            self.progress(f"starting {image}")
            wanted = choose(PORTS, {})
            server.make(recipes.kafka(image, wanted, made, secrets))
            ports = {name: port for name, port in wanted.items() if name != "controller"}
        password = secrets.read("kafka/admin")
        _await(server, lambda: broker.answers(broker.address(ports["agency"]), made.ca, password))
        return ports

    def _postgres(self, server: Server, secrets: SecretFiles) -> dict[str, int]:
        ports = server.resume()
        if ports is None:
            image = images_of(self.environ).postgres
            need_image(server.client, image, POSTGRES_VARIABLE)
            self.progress(f"starting {image}")
            ports = choose([postgres.NAME], {})
            server.make(recipes.database(image, ports[postgres.NAME], secrets))
        password = secrets.read(postgres.SUPERUSER_SECRET)
        _await(server, lambda: finish(postgres.answers(LOOPBACK, ports[postgres.NAME], password)))
        return ports

    def _elsewhere(self, home: Home, ports: Mapping[str, int]) -> EmbeddedStack:
        """The provisioning of servers that it does not start, with these addresses."""
        places = {
            "PHOIHOP_KAFKA": broker.address(ports.get("internal", 0)),
            "PHOIHOP_KAFKA_AGENCY": broker.address(ports.get("agency", 0)),
            "PHOIHOP_KAFKA_CA": str(home.tls / "ca.pem"),
            "PHOIHOP_DATABASE": f"postgresql://{LOOPBACK}:{ports.get(postgres.NAME, 1)}/{DATABASE}",
        }
        return EmbeddedStack(places, self.cache, self.topics, self.partitions, progress=self.progress)


def _await(server: Server, answered: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not answered():
        if failed := server.ended():
            raise failed
        if time.monotonic() > deadline:
            raise ContainerFailed(server.kind, server.name, f"no login succeeded within {_READY_SECONDS:.0f} s")
        time.sleep(_POLL_SECONDS)
