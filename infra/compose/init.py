"""The first step of `docker compose up`: `python -m infra.compose.init`, before anything else runs.

Makes the secrets that are not there yet (unless `PHOIHOP_MAKE_SECRETS=no`: then it names those that are missing and
ends with 1), and writes into each program's volume the addresses, the CA and that program's own secrets. Run again it
replaces what changed and makes nothing anew. `PHOIHOP_AGENCY_HOST` is the name by which units' systems call Kafka.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import reference
from infra.compose.plan import SHARES, addresses, everyones
from infra.stack import recipes
from infra.stack.broker_settings import BrokerSettings
from infra.stack.certificates import ensure_certificates
from infra.stack.database import DATABASE
from infra.stack.errors import StackError
from infra.stack.home import Home, home_of
from infra.stack.key_files import KEY_FILES, ensure_keys
from infra.stack.secrets import SecretFiles
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date

KAFKA_HOST, POSTGRES_HOST = "kafka", "postgres"
PORTS = {"internal": 9092, "agency": 9094, "controller": 9093}
CHOICES = {"yes": True, "no": False}
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Places:
    """The volumes as this step sees them: everything, each program's own, the broker's, the database's."""

    home: Home
    homes: Path
    kafka: Path
    postgres: Path


@dataclass(frozen=True, slots=True)
class Readers:
    """The groups, known to the images of the publishers, that may read what is written for them."""

    kafka: int
    postgres: int

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """Those of the publishers' images where nothing else is said; raises `StackError`."""
        return cls(_group(environ, "PHOIHOP_KAFKA_GID", 1000), _group(environ, "PHOIHOP_POSTGRES_GID", 999))


def _group(environ: Mapping[str, str], name: str, usual: int) -> int:
    text = environ.get(name) or str(usual)
    if not (text.isascii() and text.isdecimal()):
        raise StackError(f"{name}={text} is no group id", "Say the number of the group, or leave it out")
    return int(text)


def prepare(places: Places, readers: Readers, units: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Make what is missing and hand it out; raises `StackError`."""
    host = environ.get("PHOIHOP_AGENCY_HOST") or KAFKA_HOST
    secrets = SecretFiles(places.home.secrets)
    places.home.prepare()
    if _may_make(environ):
        _make(places.home, secrets, units, host)
    else:
        _need(places.home, secrets, units)
    _serve_kafka(places, readers, secrets, host)
    _give(places.postgres / "password", secrets.read("postgres/postgres"), readers.postgres)
    _write(places.home.root / "services.json", json.dumps(addresses(), indent=2))
    for program, share in SHARES.items():
        _hand_out(Home(places.homes / program), places.home, share.secrets(program, units), host)


def _may_make(environ: Mapping[str, str]) -> bool:
    text = environ.get("PHOIHOP_MAKE_SECRETS") or "yes"
    if text not in CHOICES:
        raise StackError(
            f"PHOIHOP_MAKE_SECRETS={text} is neither yes nor no",
            "Say yes to have missing secrets made, no to be told which are missing",
        )
    return CHOICES[text]


def _make(home: Home, secrets: SecretFiles, units: Mapping[str, str], host: str) -> None:
    ensure_keys(secrets)
    for name in everyones(units):
        secrets.ensure(name)
    ensure_certificates(home.tls, (KAFKA_HOST, host))


def _need(home: Home, secrets: SecretFiles, units: Mapping[str, str]) -> None:
    wanted = dict.fromkeys([*KEY_FILES, *everyones(units)])
    missing = [f"secrets/{name}" for name in wanted if not secrets.exists(name)]
    missing += [f"tls/{name}" for name in ("ca.pem", "server.pem") if not (home.tls / name).exists()]
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise StackError(
            f"PHOIHOP_MAKE_SECRETS=no, and {home.root} has no {', '.join(missing[:_SHOWN])}{more}",
            "Put them into the volume `home`, each readable by user 10001 alone, or have development secrets made "
            "with PHOIHOP_MAKE_SECRETS=yes",
        )


def _serve_kafka(places: Places, readers: Readers, secrets: SecretFiles, host: str) -> None:
    folder = str(places.kafka)
    settings = BrokerSettings(
        PORTS, recipes.DATA, f"{folder}/server.pem", f"{folder}/ca.pem",
        listen=recipes.ANY_ADDRESS, internal_host=KAFKA_HOST, agency_host=host,
    )  # fmt: skip
    for name, text in recipes.kafka_files(settings, secrets, folder).items():
        _give(places.kafka / name, text, readers.kafka)
    for name in ("server.pem", "ca.pem"):
        _give(places.kafka / name, (places.home.tls / name).read_text(encoding="utf-8"), readers.kafka)


def _hand_out(program: Home, home: Home, names: list[str], host: str) -> None:
    mine, everything = SecretFiles(program.secrets), SecretFiles(home.secrets)
    for name in names:
        mine.write(name, everything.read(name))
    for left in {path for path in mine.folder.rglob("*") if path.is_file()} - {mine.path(name) for name in names}:
        left.unlink()
    program.tls.mkdir(mode=0o755, exist_ok=True)
    _write(program.tls / "ca.pem", (home.tls / "ca.pem").read_text(encoding="utf-8"))
    _write(program.root / "stack.json", json.dumps(_stack(home, host), indent=2))
    _write(program.root / "services.json", json.dumps(addresses(), indent=2))


def _stack(home: Home, host: str) -> dict[str, Any]:
    """Where the servers are; a program finds its home at the same path as this step finds everything."""
    return {
        "kafka": {
            "bootstrap": f"{KAFKA_HOST}:{PORTS['internal']}",
            "agency": f"{host}:{PORTS['agency']}",
            "ca": str(home.tls / "ca.pem"),
        },
        "postgres": {"host": POSTGRES_HOST, "port": 5432, "database": DATABASE},
    }


def _give(path: Path, text: str, group: int) -> None:
    """Write a file that one group besides us may read: an owner may hand it to any group that it is in itself."""
    staged = path.with_name(f".{path.name}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
    try:
        os.chown(staged, -1, group)
    except PermissionError as error:
        raise StackError(
            f"{path} cannot be given to group {group}",
            "Name the group in the step's `group_add`; PHOIHOP_KAFKA_GID and PHOIHOP_POSTGRES_GID say which they are",
        ) from error
    staged.chmod(0o640)
    staged.replace(path)


def _write(path: Path, text: str) -> None:
    staged = path.with_name(f".{path.name}")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)


def main(environ: Mapping[str, str]) -> int:
    """Run the step where docker-compose.yml mounts its volumes; the exit code."""
    root = Path("/phoihop")
    places = Places(home_of(environ, root), root / "homes", root / "kafka", root / "postgres")
    in_force = ReferenceBook.load(reference.folder()).units_at(vietnam_date(datetime.now(UTC)))
    try:
        prepare(places, Readers.of(environ), {unit.code: unit.agency for unit in in_force}, environ)
    except StackError as error:
        sys.stderr.write(f"error: {error.message}\n{error.remedy}\n")
        return 1
    sys.stdout.write("secrets are there, and each program has its own\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
