"""Settings that every adapter has: environment variables `PHOIHOP_*`, and the files of the home that it runs in.

An adapter in an agency's own house is given a home that holds `stack.json` (where the brokers listen) and its units'
secrets, and nothing else of the bus.
"""

import json
import stat
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.sdk.errors import ConfigurationError
from bus.kafka import KafkaSettings
from schemas.topics import Topics


class AdapterSettings(BaseSettings):
    """What an adapter is told from outside; read once, at its start."""

    model_config = SettingsConfigDict(env_prefix="PHOIHOP_", frozen=True, extra="ignore")

    home: Path = Field(default=Path(".phoihop"), description="the folder of addresses, secrets and the adapter's state")
    topic_prefix: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9-]{0,40}\.)?$", description="before every topic")
    log: Literal["json", "text"] = Field(default="json", description="how log lines are written")

    @property
    def topics(self) -> Topics:
        """Topic names under this run's prefix."""
        return Topics(self.topic_prefix)

    def url(self, system: str) -> str:
        """The base URL of an agency's system, without a final slash; raises `ConfigurationError`."""
        found = self._object("services.json").get(system)
        if not isinstance(found, str):
            raise ConfigurationError(f"services.json has no address for {system!r}: start it with `phoihop up`")
        return found.rstrip("/")

    def secret(self, name: str) -> str:
        """The secret `name`; raises `ConfigurationError` if it is missing, empty, or readable by others."""
        path = self.home / "secrets" / name
        try:
            mode, text = stat.S_IMODE(path.stat().st_mode), path.read_text("utf-8").strip()
        except OSError as error:
            raise ConfigurationError(
                f"{path} cannot be read ({error.strerror}): whoever issues it puts it there"
            ) from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"{path} is readable by others than its owner: run `chmod 600 {path}`")
        if not text:
            raise ConfigurationError(f"{path} is empty: remove it and let whoever issues it write it anew")
        return text

    def kafka(self, unit: str) -> KafkaSettings:
        """How one unit logs in at the brokers' listener for agencies; raises `ConfigurationError`."""
        place = self._object("stack.json").get("kafka", {})
        user = f"{self.topic_prefix}{unit}"
        try:
            return KafkaSettings(place["agency"], Path(place["ca"]), user, self.secret(f"kafka/{user}"))
        except KeyError as error:
            raise ConfigurationError(f"stack.json has no kafka.{error.args[0]}: run `phoihop stack up` again") from None

    def _object(self, name: str) -> dict[str, Any]:
        path = self.home / name
        try:
            found = json.loads(path.read_bytes())
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read ({error.strerror}): run `phoihop up`") from None
        except ValueError:
            raise ConfigurationError(f"{path} is not JSON: run `phoihop up` again") from None
        if not isinstance(found, dict):
            raise ConfigurationError(f"{path} is not a JSON object: run `phoihop up` again")
        return found
