"""The rules of the house for every text: addresses, unfinished work, changelog, decisions.

Every rule is a function of a path and a text and returns sentences; `house.py` gives them the tree.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

UNFINISHED = re.compile("|".join(rf"\b{word[::-1]}\b" for word in ("ODOT", "EMXIF")))  # not found here itself
MACHINE = re.compile(r"(?<![\w.~$})-])/(?:root|work/(?:main|shared)|home/\w+|Users/\w+|opt/wheels)\b")
REGISTRY_WORDS = ("pypi", "pythonhosted", "npmjs", "maven", "crates", "proxy.golang", "debian")
REGISTRY = re.compile(
    r"(?i)\b(?:[a-z0-9-]+\.)*(?:" + "|".join(re.escape(word) for word in REGISTRY_WORDS) + r")\.(?:org|com|io)\b"
)
ADR_NAME = re.compile(r"^\d{4}-[a-z0-9-]+\.md$")
ADR_PARTS = ("## Context", "## Decision", "## Consequences", "## Alternatives")
ADR_STATUS = re.compile(r"^Status: (accepted|superseded by \d{4}), \d{4}-\d{2}-\d{2}$", re.MULTILINE)
ADR_STOP = 70


def offences(path: PurePosixPath, text: str) -> list[str]:
    """Return what breaks a rule in this text, each with its line where it has one."""
    found = list(lines(text))
    if path.name == "CHANGELOG.md":
        found += changelog(text)
    if path.parts[:2] == ("docs", "decisions") and path.name != "README.md":
        found += decision(path.name, text)
    return found


def lines(text: str) -> Iterator[str]:
    """No path of somebody's machine, no host of a package registry, no unfinished work."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, meaning in (
            (MACHINE, "a path that exists on one machine only"),
            (REGISTRY, "the host of a package registry: the reader's own settings choose it"),
            (UNFINISHED, "unfinished work: finish it, or file an issue"),
        ):
            if found := pattern.search(line):
                yield f"line {number}: {meaning} ({found[0]})"


def changelog(text: str) -> list[str]:
    """The changelog keeps a changelog's form and has a place for what is not released yet."""
    missing = [head for head in ("# Changelog", "## [Unreleased]") if f"{head}\n" not in text]
    return [f"has no line '{head}'" for head in missing]


def decision(filename: str, text: str) -> list[str]:
    """A decision is numbered, dated and one page: context, decision, consequences, alternatives."""
    found = [] if ADR_NAME.match(filename) else ["a decision's file is called NNNN-what-was-decided.md"]
    if not text.startswith(f"# {int(filename[:4])}. " if filename[:4].isdigit() else "# "):
        found.append("the title is '# N. What was decided'")
    if not ADR_STATUS.search(text):
        found.append("has no line 'Status: accepted, YYYY-MM-DD'")
    found += [f"has no part '{part}'" for part in ADR_PARTS if f"{part}\n" not in text]
    if text.count("\n") > ADR_STOP:
        found.append(f"is longer than a page ({ADR_STOP} lines)")
    return found
