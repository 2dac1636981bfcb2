"""The rules of the house over the whole tree: `source.py` for Python, `texts.py` for every text.

Usage: house.py [--sizes]; with --sizes it also lists the files past their budget of lines.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from rules import actions, source, texts  # noqa: E402 - run as a file, the folder above must be found first

SHIPPED = frozenset({"adapters", "bus", "cli", "infra", "reference", "schemas", "services"})
NOT_OURS = ("LICENSE", "OFL.txt", "licenses/", "vendor/")
"""Texts that others wrote: kept as they are, with their licences."""
NO_TEXT = frozenset({".gif", ".ico", ".jpg", ".mo", ".png", ".webp", ".woff", ".woff2"})
"""Everything else that is tracked must be UTF-8 text."""


def tracked(root: Path = ROOT) -> list[PurePosixPath]:
    """Return the repository's files, those not yet added included.

    Raises CalledProcessError outside a checkout.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return sorted(PurePosixPath(name) for name in set(listed.split("\0")) if name and (root / name).is_file())


def is_ours(path: PurePosixPath) -> bool:
    """Tell whether this is a text of this project, and no picture or vendored file."""
    return path.suffix not in NO_TEXT and not any(part in f"{path}" for part in NOT_OURS)


def offences(root: Path = ROOT) -> Iterator[str]:
    """Return every broken rule under `root` as `path: sentence`."""
    files = [path for path in tracked(root) if is_ours(path)]
    for path in files:
        text = (root / path).read_text(encoding="utf-8")
        found = texts.offences(path, text)
        if path.suffix == ".py":
            found += source.offences(path, text)
            found += actions.actions(ast.parse(text)) if path.parts[0] in SHIPPED else ()
        yield from (f"{path}: {sentence}" for sentence in found)
    yield from (f"{folder}: has Python files and no __init__.py" for folder in nameless_packages(files))


def nameless_packages(files: list[PurePosixPath]) -> list[PurePosixPath]:
    """Return the shipped folders that no import contract would see, for want of an __init__.py."""
    folders = {path.parent for path in files if path.suffix == ".py" and path.parts[0] in SHIPPED}
    return sorted(
        folder
        for folder in folders
        if folder / "__init__.py" not in files and "migrations" not in folder.parts[:-1] + folder.parts[-1:]
    )


def over_budget(root: Path = ROOT) -> list[str]:
    """Return the Python files past 200 lines, longest first."""
    sizes = {path: (root / path).read_text(encoding="utf-8") for path in tracked(root) if path.suffix == ".py"}
    long = [(text.count("\n"), path) for path, text in sizes.items() if source.over_budget(text)]
    return [f"{path}: {lines} lines" for lines, path in sorted(long, reverse=True)]


def main(arguments: list[str]) -> int:
    """Print every broken rule; 0 if there is none."""
    found = list(offences())
    for text in found:
        print(text)
    if "--sizes" in arguments:
        print(f"past {source.FILE_BUDGET} lines (allowed up to {source.FILE_STOP}):")
        print("\n".join(over_budget()))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
