"""A guard as `guards.toml` names it: the change that switches it off, and the tests that must notice."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

GUARDS = Path(__file__).with_name("guards.toml")


class DoesNotApplyError(ValueError):
    """The text that a change replaces does not stand exactly once in its file: write the change anew."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in one file, named relative to the root of the tree."""

    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """The file's text with the change. Raises `DoesNotApplyError`."""
        if text.count(self.old) != 1:
            raise DoesNotApplyError(f"{self.file} holds {self.old!r} {text.count(self.old)} times instead of once")
        return text.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Guard:
    """`breaks` says what a user would meet without it; `tests` are pytest's names of what must go red."""

    name: str
    breaks: str
    tests: Sequence[str]
    edits: Sequence[Edit]

    def switch_off(self, root: Path) -> dict[Path, str]:
        """Change the tree; returns the text that each changed file had. Raises `DoesNotApplyError`, nothing changed."""
        before: dict[Path, str] = {}
        after: dict[Path, str] = {}
        for edit in self.edits:
            path = root / edit.file
            before.setdefault(path, path.read_text(encoding="utf-8"))
            after[path] = edit.applied(after.get(path, before[path]))
        for path, text in after.items():
            path.write_text(text, encoding="utf-8")
        return before


def guards(path: Path = GUARDS) -> list[Guard]:
    """Every guard of the file. Raises KeyError or `tomllib.TOMLDecodeError` for a file that says less."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    return [
        Guard(row["guard"], row["breaks"], tuple(row["tests"]), tuple(Edit(**edit) for edit in row["edits"]))
        for row in found
    ]


def all_tests(chosen: Iterable[Guard]) -> list[str]:
    """What all of them must turn red, each once."""
    return list(dict.fromkeys(test for guard in chosen for test in guard.tests))
