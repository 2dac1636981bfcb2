"""What a stack tells of itself: addresses in `stack.json`, health on request. Holds no secret."""

import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from infra.stack.errors import StackNotRunning
from infra.stack.home import Home


class KafkaInfo(BaseModel):
    """Where the broker listens. Services use `bootstrap` (INTERNAL), units `agency`; both are SASL_SSL."""

    model_config = ConfigDict(frozen=True)

    bootstrap: str
    agency: str
    ca: Path
    cluster_id: str
    embedded: bool = True


class PostgresInfo(BaseModel):
    """Where the database listens; a role's password is the secret `postgres/<role>`."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int
    database: str
    embedded: bool = True


class StackInfo(BaseModel):
    """The stack of one home, written when everything in it is ready."""

    model_config = ConfigDict(frozen=True)

    home: Path
    secrets: Path
    kafka: KafkaInfo
    postgres: PostgresInfo
    #: Ports of the embedded servers by name; a server that is started again gets the same ones.
    ports: dict[str, int] = {}
    #: Where the embedded PostgreSQL keeps its data: outside the home when root started it.
    postgres_data: Path | None = None

    @classmethod
    def load(cls, home: Home) -> Self:
        """What the last successful `up` wrote; raises `StackNotRunning` when there is nothing readable."""
        try:
            return cls.model_validate_json(home.info.read_bytes())
        except (FileNotFoundError, ValidationError) as error:
            raise StackNotRunning(home.root) from error

    def save(self, home: Home) -> None:
        """Publish in one step, so that a reader never sees half of it."""
        staged = home.info.with_suffix(f".{os.getpid()}")
        staged.write_text(self.model_dump_json(indent=2), encoding="utf-8")
        staged.replace(home.info)


class PartStatus(BaseModel):
    """One server of the stack: `running` is its process, `ready` an answer by its own protocol."""

    model_config = ConfigDict(frozen=True)

    name: str
    embedded: bool
    running: bool
    ready: bool
    address: str | None = None
    pid: int | None = None


class StackStatus(BaseModel):
    """The state of every part at the moment of asking."""

    model_config = ConfigDict(frozen=True)

    home: Path
    parts: tuple[PartStatus, ...]

    @property
    def ready(self) -> bool:
        """Whether every part answers."""
        return all(part.ready for part in self.parts)
