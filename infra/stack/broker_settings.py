"""The broker's `server.properties`, and what it is given before its first start: the same wherever it runs."""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.stack.ports import LOOPBACK
from infra.stack.secrets import SecretFiles

PORTS = ("internal", "agency", "controller")
TEMPLATE = Path(__file__).parents[1] / "kafka" / "server.properties"


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where one node keeps its log and finds its certificate (paths as the node sees them), and how it is reached.

    It listens on `listen` and tells services to come to `internal_host`, units to `agency_host`.
    """

    ports: Mapping[str, int]
    data: str
    server_pem: str
    ca_pem: str
    listen: str = LOOPBACK
    internal_host: str = LOOPBACK
    agency_host: str = LOOPBACK

    def text(self, secrets: SecretFiles) -> str:
        """The file's text; it holds secrets, which are made when they are not on file yet."""
        values = {name: str(self.ports[name]) for name in PORTS} | {
            "listen": self.listen,
            "internal_host": self.internal_host,
            "agency_host": self.agency_host,
            "data": self.data,
            "server_pem": self.server_pem,
            "ca_pem": self.ca_pem,
            "broker_secret": secrets.ensure("kafka/broker"),
            "controller_secret": secrets.ensure("kafka/controller"),
        }
        text = TEMPLATE.read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text


def format_arguments(class_path: str, properties: str, users: Mapping[str, str]) -> str:
    """Java's argument file that gives an empty data folder its identity and its first users with their passwords.

    In a file, because arguments are what `ps` shows to everybody.
    """
    scram = [word for name in users for word in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={users[name]}]")]
    command = ["kafka.tools.StorageTool", "format", "-t", new_cluster_id(), "-c", properties, *scram]
    return "\n".join(_quoted(word) for word in ["-cp", class_path, *command])


def new_cluster_id() -> str:
    """A cluster id as Kafka writes it: 16 random bytes, URL-safe base64 without padding, no leading dash."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
