"""Where the stack listens, as `stack.json` says it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.runtime.errors import BrokenFile, MissingFile


class KafkaPlace(BaseModel):
    """The brokers' TLS listener and the certificate that vouches for it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bootstrap: str = Field(pattern=r"^[^\s:]+:\d+(,[^\s:]+:\d+)*$")
    ca: Path


class PostgresPlace(BaseModel):
    """The database server; roles and passwords are each service's own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    host: str
    port: int = Field(ge=1, le=65535)
    database: str = "phoihop"


class StackInfo(BaseModel):
    """The running stack's addresses; holds no secret."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kafka: KafkaPlace
    postgres: PostgresPlace

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file; raises `MissingFile` when the stack is not up, `BrokenFile` naming the wrong field."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise MissingFile(path, "the stack is not up; run `phoihop stack up`") from None
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or "the file"
            raise BrokenFile(path, f"{field}: {first['msg']}", "Run `phoihop stack up` again") from None


@dataclass(frozen=True, slots=True)
class BrokerAccess:
    """What one service needs to log in at the brokers over SASL_SSL."""

    bootstrap: str
    ca_file: Path
    user: str
    password: str
