"""Kafka and PostgreSQL as containers of one home: made by testcontainers, found again by name, stopped, removed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docker.errors import DockerException, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from infra.stack.errors import ContainerFailed
from infra.stack.home import Home
from infra.stack.ports import LOOPBACK

_STOP_SECONDS = 20
_TAIL_LINES = 5


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one container is made of. `files` are put into it before it starts; `ports` are the same inside and out."""

    image: str
    ports: Mapping[str, int]
    files: Mapping[str, bytes]
    entrypoint: Sequence[str] | None = None
    command: Sequence[str] = ()
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """One server of a home, in a container that is its own by name."""

    kind: str
    home: Home
    environ: Mapping[str, str]
    client: Any

    @property
    def name(self) -> str:
        """Stable, and another one for each home: `phoihop-<12 hex digits>-kafka`."""
        return f"phoihop-{hashlib.sha256(str(self.home.root).encode()).hexdigest()[:12]}-{self.kind}"

    def find(self) -> Any | None:
        """The container, whether it runs or not; None where it was never made."""
        try:
            return self.client.containers.get(self.name)
        except NotFound:
            return None

    def runs(self) -> bool:
        """Whether its process is there."""
        found = self.find()
        return found is not None and found.status == "running"

    def resume(self) -> dict[str, int] | None:
        """Start the container that an earlier `up` made; its ports by name, or None where there is none.

        Raises `ContainerFailed` when it does not start, as where another program took its port.
        """
        found = self.find()
        if found is None:
            return None
        try:
            found.start()
        except DockerException as error:
            raise ContainerFailed(self.kind, self.name, str(error)) from error
        label = found.labels.get("phoihop.ports", "")
        return {name: int(port) for name, _, port in (word.partition("=") for word in label.split())}

    def make(self, recipe: Recipe) -> None:
        """Make and start the container; raises `ContainerFailed`, and leaves none behind then."""
        container = self._container(recipe)
        try:
            container.start()
        except DockerException as error:
            self.remove()
            raise ContainerFailed(self.kind, self.name, str(error)) from error

    def stop(self) -> None:
        """Asked first, killed after 20 seconds; the data stay in it."""
        found = self.find()
        if found is not None:
            found.stop(timeout=_STOP_SECONDS)

    def remove(self) -> None:
        """The container and its data are gone."""
        found = self.find()
        if found is not None:
            found.remove(force=True, v=True)

    def ended(self) -> ContainerFailed | None:
        """Why the container does not run any more, with its last lines; None while it runs."""
        found = self.find()
        if found is not None and found.status == "running":
            return None
        tail = found.logs(tail=_TAIL_LINES).decode("utf-8", "replace").strip() if found is not None else "it is gone"
        return ContainerFailed(self.kind, self.name, f"it ended; its last lines: {tail}")

    def _container(self, recipe: Recipe) -> DockerContainer:
        # The servers outlive the command that started them, so nothing may remove them when it ends.
        testcontainers_config.ryuk_disabled = True
        made = DockerContainer(
            recipe.image,
            docker_client_kw={"environment": dict(self.environ)},
            env=dict(recipe.environment or {}),
            name=self.name,
            entrypoint=list(recipe.entrypoint) if recipe.entrypoint else None,
            labels={"phoihop.ports": " ".join(f"{name}={port}" for name, port in recipe.ports.items())},
            security_opt=["no-new-privileges"],
        )
        for port in recipe.ports.values():
            # Its own method would publish the port to the whole network.
            made.ports[f"{port}/tcp"] = (LOOPBACK, port)  # type: ignore[assignment] # docker-py takes the address too
        for path, content in recipe.files.items():
            made.with_copy_into_container(content, path)
        if recipe.command:
            made.with_command(list(recipe.command))
        return made
