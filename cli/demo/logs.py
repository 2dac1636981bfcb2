"""The programs' log lines, each program's in a file of its own, so that the terminal is left to the story."""

from pathlib import Path
from typing import Self, TextIO

_TAIL = 15


class LogFiles:
    """A listener for the supervisor; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, TextIO] = {}

    def __enter__(self) -> Self:
        """Make the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Close every file."""
        for file in self._files.values():
            file.close()

    def say(self, name: str, line: str) -> None:
        """One line of one program."""
        if name not in self._files:
            self._files[name] = (self._folder / f"{name}.log").open("a", encoding="utf-8")
        self._files[name].write(line + "\n")
        self._files[name].flush()

    def tail(self, name: str) -> str:
        """The last lines of a program, for a message that it failed."""
        path = self._folder / f"{name}.log"
        return "\n".join(path.read_text("utf-8").splitlines()[-_TAIL:]) if path.exists() else ""
