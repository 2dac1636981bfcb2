"""Secrets read from files, one each; a file that others could read is refused."""

import stat
from dataclasses import dataclass
from pathlib import Path

from services.runtime.errors import BrokenFile, MissingFile, OpenSecret


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of one folder, addressed by names such as `cases` or `kafka/intake`."""

    folder: Path

    def path(self, name: str) -> Path:
        """Where the secret `name` lies, after a look at who else may read it.

        Raises `MissingFile`, and `OpenSecret` when group or others have any right on the file.
        """
        path = self.folder / name
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            raise MissingFile(path, "the stack makes it; run `phoihop stack up`") from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise OpenSecret(path, mode)
        return path

    def read(self, name: str) -> str:
        """The secret `name` without surrounding white space; raises `MissingFile`, `OpenSecret` or `BrokenFile`."""
        path = self.path(name)
        text = path.read_text(encoding="utf-8").strip()
        if not text:
            raise BrokenFile(path, "it is empty", "Remove it and run `phoihop stack up`")
        return text
