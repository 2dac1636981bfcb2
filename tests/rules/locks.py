"""The locks are what `make lock` made of this pyproject.toml, hold a hash for each pin, and name no index.

Told offline: `make lock` stamps both locks with a digest of what they were made from, and this check
computes it again. Usage: locks.py [--stamp]
"""

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
STAMP = re.compile(r"^# made from: sha256:([0-9a-f]{64})\n", re.MULTILINE)
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)(?:\s*;\s*[^\\]+)?", re.MULTILINE)


def digest(pyproject: str) -> str:
    """Return the SHA-256 of everything in this pyproject.toml that decides what is pinned."""
    tree = tomllib.loads(pyproject)
    inputs = {
        "dependencies": sorted(tree["project"]["dependencies"]),
        "groups": {name: sorted(group) for name, group in tree.get("dependency-groups", {}).items()},
        "python": tree["project"]["requires-python"],
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def stamped(lock: str, pyproject: str) -> str:
    """Return the lock's text with the digest of this pyproject.toml as its first line."""
    return f"# made from: sha256:{digest(pyproject)}\n" + STAMP.sub("", lock)


def pins(lock: str) -> dict[str, set[str]]:
    """Return the versions pinned for each package; several where they differ by platform."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(lock):
        found.setdefault(name, set()).add(version)
    return found


def problems(lock: str, pyproject: str) -> list[str]:
    """Return what is wrong with a lock's text: stale, unhashed pins, or an index address in it."""
    found = []
    stamp = STAMP.search(lock)
    if stamp is None or stamp[1] != digest(pyproject):
        found.append("is not made from this pyproject.toml; run `make lock`")
    found += [
        f"pins {block.split()[0]} without a hash; run `make lock`"
        for block in re.split(r"\n(?=\S)", lock)
        if PIN.match(block) and "--hash=sha256:" not in block
    ]
    if re.search(r"https?://|^\s*(--index-url|--extra-index-url|--find-links|-i |-f )", lock, re.MULTILINE):
        found.append("names an index; a lock holds versions and hashes only")
    return found


def differing(runtime: str, development: str) -> list[str]:
    """Return the packages that run in another version at a desk than in production."""
    ours = pins(development)
    return [
        f"pins {name} {sorted(versions)}, development {sorted(ours.get(name, set()))}"
        for name, versions in pins(runtime).items()
        if ours.get(name) != versions
    ]


def check(root: Path = ROOT) -> list[str]:
    """Return every problem of both locks under `root`, each with the file it is in."""
    pyproject = (root / "pyproject.toml").read_text()
    texts = {name: (root / name).read_text() for name in LOCKS}
    found = [f"{name} {text}" for name in LOCKS for text in problems(texts[name], pyproject)]
    return found + [f"{LOCKS[0]} {text}" for text in differing(texts[LOCKS[0]], texts[LOCKS[1]])]


def stamp(root: Path = ROOT) -> None:
    """Write the digest of pyproject.toml into both locks under `root`."""
    pyproject = (root / "pyproject.toml").read_text()
    for name in LOCKS:
        path = root / name
        path.write_text(stamped(path.read_text(), pyproject))


def main(arguments: list[str]) -> int:
    """Stamp with --stamp, else print what is wrong; 0 if nothing is."""
    if arguments == ["--stamp"]:
        stamp()
        return 0
    found = check()
    for text in found:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
