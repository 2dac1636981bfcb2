"""Kafka and PostgreSQL that somebody else runs, named by `PHOIHOP_KAFKA` and `PHOIHOP_DATABASE`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from infra.stack.errors import StackError
from infra.stack.secrets import SecretFiles


@dataclass(frozen=True, slots=True)
class KafkaElsewhere:
    """Brokers to connect to: for services, for units, and the CA that vouches for both."""

    bootstrap: str
    agency: str
    ca: Path


@dataclass(frozen=True, slots=True)
class PostgresElsewhere:
    """A server to connect to and the database on it."""

    host: str
    port: int
    database: str


def kafka_elsewhere(environ: Mapping[str, str]) -> KafkaElsewhere | None:
    """`PHOIHOP_KAFKA=host:port[,…]` with `PHOIHOP_KAFKA_CA=file`; None when the embedded broker is meant.

    `PHOIHOP_KAFKA_AGENCY` names the units' listener if it is another one. Raises `StackError` without a CA.
    """
    bootstrap = environ.get("PHOIHOP_KAFKA")
    if not bootstrap:
        return None
    ca = environ.get("PHOIHOP_KAFKA_CA", "")
    if not Path(ca).is_file():
        raise StackError(
            "PHOIHOP_KAFKA names a broker, and PHOIHOP_KAFKA_CA names no readable file",
            "Set PHOIHOP_KAFKA_CA to the PEM file of the CA that signed the broker's certificate",
        )
    return KafkaElsewhere(bootstrap, environ.get("PHOIHOP_KAFKA_AGENCY") or bootstrap, Path(ca).resolve())


def postgres_elsewhere(environ: Mapping[str, str]) -> PostgresElsewhere | None:
    """`PHOIHOP_DATABASE=postgresql://host[:port]/database`, without a user: each role has its own secret file.

    None when the embedded server is meant. Raises `StackError` for any other form.
    """
    url = environ.get("PHOIHOP_DATABASE")
    if not url:
        return None
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if parts.scheme != "postgresql" or not parts.hostname or not name or parts.username:
        raise StackError(
            "PHOIHOP_DATABASE is not postgresql://host:port/database without user and password",
            "Give host, port and database there, and each role's password in the secret file postgres/<role>",
        )
    return PostgresElsewhere(parts.hostname, parts.port or 5432, name)


def need_secret(secrets: SecretFiles, name: str, variable: str) -> str:
    """The secret that opens a server elsewhere; raises `StackError` naming the file to write."""
    if not secrets.exists(name):
        raise StackError(
            f"{variable} points elsewhere, and the secret {secrets.path(name)} does not exist",
            "Write the administrator's password of that server into this file, mode 0600",
        )
    return secrets.read(name)
