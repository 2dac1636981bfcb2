"""Secrets on disk: one file each, mode 0600, in folders of mode 0700."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

#: 256 bits: out of reach of any guess, so SCRAM's iterations need not carry the strength.
_SECRET_BYTES = 32


def random_secret() -> str:
    """A new secret of 256 random bits in URL-safe text: needs no quoting in JAAS, SQL or a shell."""
    return secrets.token_urlsafe(_SECRET_BYTES)


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """The secrets of one folder, addressed by names such as `intake` or `kafka/customs-hq.b`."""

    folder: Path

    def path(self, name: str) -> Path:
        """Where the secret `name` lies, whether it exists or not."""
        return self.folder / name

    def exists(self, name: str) -> bool:
        """Whether the secret `name` was ever written."""
        return self.path(name).exists()

    def read(self, name: str) -> str:
        """The secret `name`; raises `FileNotFoundError` when it was never made."""
        return self.path(name).read_text(encoding="utf-8").strip()

    def ensure(self, name: str, make: Callable[[], str] = random_secret) -> str:
        """The secret `name`, made by `make` the first time it is asked for."""
        if not self.exists(name):
            self.write(name, make())
        return self.read(name)

    def write(self, name: str, value: str) -> None:
        """Replace the secret `name` in one step: a reader sees the old or the new one, never a part."""
        path = self.path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        staged = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(value)
        staged.replace(path)

    def remove(self, name: str) -> None:
        """Forget the secret `name`; nothing happens when it does not exist."""
        self.path(name).unlink(missing_ok=True)

    def too_open(self) -> list[Path]:
        """Files and folders that others than their owner can read or enter."""
        found = [self.folder, *self.folder.rglob("*")] if self.folder.exists() else []
        return [path for path in found if path.stat().st_mode & 0o077]
