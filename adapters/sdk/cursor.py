"""How far an adapter has come in its agency's system, kept across crashes."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.sdk.errors import ConfigurationError
from adapters.sdk.files import write_whole


class Position(BaseModel):
    """How many rows of a source are done. A source that says it is another one is read from its beginning."""

    model_config = ConfigDict(frozen=True)

    source: str = ""
    done: int = Field(default=0, ge=0)


@dataclass(frozen=True, slots=True)
class CursorFile:
    """One adapter's position in one file."""

    path: Path

    def load(self) -> Position:
        """The position last saved, or the beginning; raises `ConfigurationError` for a file that was damaged."""
        try:
            return Position.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return Position()
        except ValidationError:
            message = f"{self.path} holds no position: remove it to read the source from its beginning"
            raise ConfigurationError(message) from None

    def save(self, position: Position) -> None:
        """Keep the position; call it only once everything before it is acknowledged."""
        write_whole(self.path, json.dumps(position.model_dump()).encode())
