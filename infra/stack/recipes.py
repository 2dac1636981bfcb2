"""How the two containers are made: the same listeners, security and settings as the embedded servers have."""

from collections.abc import Mapping
from pathlib import Path

from infra.stack import postgres
from infra.stack.broker_settings import BrokerSettings, format_arguments
from infra.stack.certificates import Certificates
from infra.stack.containers import Recipe
from infra.stack.secrets import SecretFiles

#: Where the images of the publishers keep Kafka's jars and data, and our own folder in either container.
CLASS_PATH, DATA, FOLDER = "/opt/kafka/libs/*", "/var/lib/kafka/data", "/phoihop"
START = Path(__file__).parents[1] / "kafka" / "start.sh"
#: The only way in is scram-sha-256; strings are ordered the same everywhere, as on the embedded server.
INITDB = "--auth=scram-sha-256 --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - inside the container; outside, the port is published where a caller says


def kafka_files(settings: BrokerSettings, secrets: SecretFiles, folder: str) -> dict[str, str]:
    """The node's script, settings and first identity, by the name that each has in `folder` inside the container.

    Its first users are `admin` and `broker`, with their passwords on file.
    """
    users = {user: secrets.ensure(f"kafka/{user}") for user in ("admin", "broker")}
    return {
        "start.sh": START.read_text(encoding="utf-8"),
        "server.properties": settings.text(secrets),
        "format.args": format_arguments(CLASS_PATH, f"{folder}/server.properties", users),
    }


def kafka(image: str, ports: Mapping[str, int], made: Certificates, secrets: SecretFiles) -> Recipe:
    """One Kafka node that is called by loopback addresses from outside its container."""
    settings = BrokerSettings(ports, DATA, f"{FOLDER}/server.pem", f"{FOLDER}/ca.pem", listen=ANY_ADDRESS)
    files = {name: text.encode() for name, text in kafka_files(settings, secrets, FOLDER).items()}
    pems = {"server.pem": made.server.read_bytes(), "ca.pem": made.ca.read_bytes()}
    return Recipe(
        image,
        {name: port for name, port in ports.items() if name != "controller"},
        {f"{FOLDER}/{name}": blob for name, blob in {**files, **pems}.items()},
        entrypoint=("/bin/sh", f"{FOLDER}/start.sh"),
    )


def database(image: str, port: int, secrets: SecretFiles) -> Recipe:
    """One PostgreSQL whose superuser's password is on file."""
    settings = [word for name, value in postgres.SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return Recipe(
        image,
        {postgres.NAME: port},
        {f"{FOLDER}/password": secrets.ensure(postgres.SUPERUSER_SECRET).encode()},
        command=("postgres", "-p", str(port), *settings),
        environment={
            "POSTGRES_PASSWORD_FILE": f"{FOLDER}/password",
            "POSTGRES_INITDB_ARGS": INITDB,
            "POSTGRES_HOST_AUTH_METHOD": "scram-sha-256",
        },
    )
