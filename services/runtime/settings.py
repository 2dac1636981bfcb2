"""Settings of a service process: environment variables `PHOIHOP_*`, and the files that the stack wrote in its home."""

import json
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from bus.limits import Limits
from schemas.topics import Topics
from services.runtime.errors import BrokenFile, MissingFile, UnknownService
from services.runtime.secrets import Secrets
from services.runtime.stack import BrokerAccess, StackInfo


class Settings(BaseSettings):
    """Everything a process is told from outside; read once, at its composition root."""

    model_config = SettingsConfigDict(env_prefix="PHOIHOP_", frozen=True, extra="ignore")

    home: Path = Field(default=Path(".phoihop"), description="the folder of the stack's state and secrets")
    topic_prefix: str = Field(
        default="",
        pattern=r"^([a-z0-9][a-z0-9-]{0,40}\.)?$",
        description="put before every topic and group; ends in a dot",
    )
    web_channel_decision: str = Field(
        default="",
        max_length=200,
        description="number of the committee's decision that opens the web channel; empty keeps it closed",
    )
    retention_decision: str = Field(
        default="",
        max_length=200,
        description="number of the committee's decision that adopts retention.csv; empty erases nothing by time",
    )
    listen: str = Field(
        default="",
        max_length=100,
        description="the address to listen on, where it is not the host that siblings use: 0.0.0.0 in a container",
    )
    traces_endpoint: str = Field(
        default="",
        max_length=500,
        pattern=r"^(https?://\S+)?$",
        description="the OTLP/HTTP endpoint for traces, such as http://127.0.0.1:4318; empty: none are made",
    )
    traces_share: float = Field(
        default=0.01, ge=0, le=1, description="the share of traces that are made, where there is an endpoint"
    )
    log: Literal["json", "text"] = Field(default="json", description="how log lines are written")
    drain_seconds: int = Field(default=10, ge=0, le=300, description="how long open requests may take at shutdown")

    parked_events: int = Field(
        default=10_000, ge=1, description="the most events that a group keeps parked of one topic before it stops"
    )
    parked_keys: int = Field(
        default=1_000, ge=1, description="the most keys that a group keeps parked of one topic before it stops"
    )

    @property
    def limits(self) -> Limits:
        """How much may be parked."""
        return Limits(self.parked_events, self.parked_keys)

    @property
    def secrets(self) -> Secrets:
        """The secrets of this home."""
        return Secrets(self.home / "secrets")

    @property
    def stack(self) -> StackInfo:
        """Where Kafka and PostgreSQL listen; raises `MissingFile` or `BrokenFile`."""
        return StackInfo.load(self.home / "stack.json")

    @property
    def topics(self) -> Topics:
        """Topic names under this run's prefix."""
        return Topics(self.topic_prefix)

    def broker_access(self, principal: str) -> BrokerAccess:
        """How one service logs in at the brokers: as itself, under the run's prefix, with its own secret."""
        user = f"{self.topic_prefix}{principal}"
        place = self.stack.kafka
        return BrokerAccess(place.bootstrap, place.ca, user, self.secrets.read(f"kafka/{user}"))

    def database_url(self, role: str, database: str | None = None) -> str:
        """The asyncpg URL of one service's own role, its password from its own secret file."""
        place = self.stack.postgres
        password = quote(self.secrets.read(f"postgres/{role}"), safe="")
        return f"postgresql+asyncpg://{role}:{password}@{place.host}:{place.port}/{database or place.database}"

    def urls(self) -> dict[str, str]:
        """Service name to base URL, as the supervisor chose them; raises `MissingFile` or `BrokenFile`."""
        path = self.home / "services.json"
        found = read_object(path, "the supervisor writes it; run `phoihop up`")
        return {name: str(url).rstrip("/") for name, url in found.items()}

    def url(self, service: str) -> str:
        """The base URL of a service, without a final slash; raises `UnknownService`."""
        urls = self.urls()
        if service not in urls:
            raise UnknownService(service, frozenset(urls))
        return urls[service]

    def address(self, service: str) -> tuple[str, int]:
        """The host and port on which this service listens; raises `UnknownService` or `BrokenFile`."""
        parts = urlsplit(self.url(service))
        if not parts.hostname or not parts.port:
            raise BrokenFile(
                self.home / "services.json", f"the URL of {service!r} names no host and port", "Run `phoihop up` again"
            )
        return self.listen or parts.hostname, parts.port


def read_object(path: Path, remedy: str) -> dict[str, Any]:
    """The JSON object in a file; raises `MissingFile` with the remedy, or `BrokenFile`."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise MissingFile(path, remedy) from None
    except ValueError as error:
        raise BrokenFile(path, f"it is not JSON ({error})", remedy.capitalize()) from None
    if not isinstance(found, dict):
        raise BrokenFile(path, "it is not a JSON object", remedy.capitalize())
    return found
