"""Writes `services.json`: a loopback address for every program that answers HTTP, the same at every start."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from cli.supervisor.roster import Program
from infra.stack.home import Home
from infra.stack.ports import LOOPBACK, choose


def assign(home: Home, programs: Iterable[Program]) -> dict[str, str]:
    """Name to base URL, written before anything starts. A port that was used before is kept while it is free."""
    path = home.root / "services.json"
    names = [program.name for program in programs if program.has_door]
    ports = choose(names, _recorded(path))
    urls = {name: f"http://{LOOPBACK}:{ports[name]}" for name in names}
    staged = path.with_suffix(f".{os.getpid()}")
    staged.write_text(json.dumps(urls, indent=2), encoding="utf-8")
    staged.replace(path)
    return urls


def _recorded(path: Path) -> dict[str, int]:
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return {name: port for name, url in found.items() if (port := urlsplit(url).port) is not None}
