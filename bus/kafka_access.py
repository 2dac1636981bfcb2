"""How one principal reaches Kafka: SASL_SSL with SCRAM-SHA-512, on every listener and in every deployment."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Where the brokers are, who we are, and how long is waited.

    `bootstrap` is a comma-separated list of host:port; `ca_file` the PEM of the authority that signed the brokers'
    certificates. Seconds: `publish_seconds` bounds one publish, `close_seconds` every farewell, `metadata_seconds` the
    time in which a topic that is made, or made anew, is noticed.
    """

    bootstrap: str
    ca_file: Path
    user: str
    password: str = field(repr=False)
    publish_seconds: float = 30.0
    close_seconds: float = 5.0
    session_seconds: float = 10.0
    fetch_wait_seconds: float = 2.0
    partition_bytes: int = 512 * 1024
    metadata_seconds: float = 30.0

    def asyncio_options(self) -> dict[str, Any]:
        """The options of aiokafka's clients."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_SSL",
            "ssl_context": ssl.create_default_context(cafile=str(self.ca_file)),
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
            # A topic made after the start would else stay unread for five minutes.
            "metadata_max_age_ms": int(self.metadata_seconds * 1000),
            "request_timeout_ms": 10_000,
        }

    def librdkafka_options(self) -> dict[str, str | int | float | bool]:
        """The options of confluent-kafka's clients."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_SSL",
            "ssl.ca.location": str(self.ca_file),
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": self.user,
            "sasl.password": self.password,
            # What goes wrong is raised; librdkafka would print it to stderr as well.
            "log_level": 2,
        }
