"""The broker's administration: the only place that signs in as `admin`, and the settings to do so."""

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

T = TypeVar("T")

#: What Kafka's own tools use; the secrets are 256 random bits, so more iterations add nothing.
ITERATIONS = 4096
_REQUEST_SECONDS = 20.0


def client_settings(bootstrap: str, ca: Path, username: str, password: str) -> dict[str, str]:
    """Librdkafka's settings for one SCRAM login over TLS; shared by admin, probes and tests."""
    return {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": username,
        "sasl.password": password,
        "ssl.ca.location": str(ca),
    }


def silent(*_: object) -> None:
    """Takes what librdkafka would print: while a broker starts, refused connections are no news."""


def connect(bootstrap: str, ca: Path, username: str, password: str) -> AdminClient:
    """An admin client; it connects on first use and reports nothing by itself."""
    settings: dict[str, object] = {
        **client_settings(bootstrap, ca, username, password),
        "error_cb": silent,
        "log_level": 0,
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 250,
    }
    return AdminClient(settings)  # type: ignore[arg-type] # its signature forgets callbacks


def settle(futures: "Mapping[Any, Future[T]]") -> list[T]:
    """Wait for every answer of one admin request; raises the first `KafkaException`."""
    return [future.result(timeout=_REQUEST_SECONDS) for future in futures.values()]


def set_secret(admin: AdminClient, secrets: Mapping[str, str]) -> None:
    """Create or replace the SCRAM-SHA-512 credentials of these users, in one request."""
    if secrets:
        settle(admin.alter_user_scram_credentials([_upsertion(*entry) for entry in secrets.items()]))


def remove_users(admin: AdminClient, users: list[str]) -> None:
    """Delete the SCRAM-SHA-512 credentials of these users; each must have one."""
    if users:
        deletions: list[UserScramCredentialAlteration] = [
            UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512) for user in users
        ]
        settle(admin.alter_user_scram_credentials(deletions))


def known_users(admin: AdminClient) -> set[str]:
    """Everybody with a SCRAM credential."""
    described = admin.describe_user_scram_credentials()
    if not isinstance(described, Future):
        raise TypeError("describe_user_scram_credentials without names must answer with one future")
    return set(described.result(timeout=_REQUEST_SECONDS))


def _deletion(user: str) -> UserScramCredentialAlteration:
    return UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512)


def _upsertion(user: str, secret: str) -> UserScramCredentialAlteration:
    return UserScramCredentialUpsertion(
        user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), secret.encode()
    )
