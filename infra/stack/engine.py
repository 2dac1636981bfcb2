"""The container engine: whether one answers, and whether it holds an image. Finding out starts nothing."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import docker
from docker.errors import DockerException, ImageNotFound

from infra.stack.errors import EngineMissing, ImageMissing

#: The images as their publishers name them; a copy of one's own is named by the variable.
KAFKA_IMAGE, POSTGRES_IMAGE = "apache/kafka:4.3.0", "postgres:18"
KAFKA_VARIABLE, POSTGRES_VARIABLE = "PHOIHOP_KAFKA_IMAGE", "PHOIHOP_POSTGRES_IMAGE"
_USUAL = "unix:///var/run/docker.sock"
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Images:
    """The images that the stack is made of."""

    kafka: str
    postgres: str


def images_of(environ: Mapping[str, str]) -> Images:
    """The images that `PHOIHOP_KAFKA_IMAGE` and `PHOIHOP_POSTGRES_IMAGE` name, else those of the publishers."""
    return Images(
        environ.get(KAFKA_VARIABLE) or KAFKA_IMAGE,
        environ.get(POSTGRES_VARIABLE) or POSTGRES_IMAGE,
    )


def engine(environ: Mapping[str, str]) -> Any:
    """A client of the engine that the usual `DOCKER_…` variables name; raises `EngineMissing` where none answers."""
    if refused := _refused(environ.get("DOCKER_HOST") or _USUAL):
        raise EngineMissing(refused)
    try:
        client = docker.from_env(environment=dict(environ), timeout=_SECONDS)
        client.ping()
    except DockerException as error:
        raise EngineMissing(_short(error)) from error
    return client


def need_image(client: Any, image: str, variable: str) -> None:
    """The engine holds the image, after pulling it if it must; raises `ImageMissing`."""
    try:
        if not holds(client, image):
            client.images.pull(image)
    except DockerException as error:
        raise ImageMissing(image, variable, _short(error)) from error


def holds(client: Any, image: str) -> bool:
    """Whether the engine has the image already; nothing is pulled."""
    try:
        client.images.get(image)
    except ImageNotFound:
        return False
    return True


def lacking(environ: Mapping[str, str]) -> str | None:
    """Which of engine and images is not there, in a sentence; None when the stack can start without a download."""
    try:
        client = engine(environ)
    except EngineMissing as error:
        return error.message
    wanted = images_of(environ)
    try:
        gone = [image for image in (wanted.kafka, wanted.postgres) if not holds(client, image)]
    finally:
        client.close()
    return f"the engine answers and does not hold {', '.join(gone)}" if gone else None


def _refused(address: str) -> str | None:
    """Why nobody listens on the engine's socket; None where somebody does, or where it is no file.

    Asked here, because the client leaves its socket open when it finds nobody.
    """
    parts = urlsplit(address)
    if parts.scheme != "unix":
        return None
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.settimeout(_SECONDS)
        try:
            knocking.connect(parts.path)
        except OSError as error:
            return f"{parts.path}: {error.strerror or error}"
    return None


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
