"""A town of services that the commands call, and somebody signed in there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.parked import SERVICES
from cli.session import KeptSession, SessionFile
from command_builders import InThread, Town
from runtime_builders import home_with

NAMES = {"directory", "intake", "unmask", "cases", "notifications", "console", "public", *SERVICES}


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Services at real addresses, and An of qltt-79 signed in."""
    monkeypatch.setenv("PHOIHOP_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    kept = KeptSession("phs_0", "an.nv", "An", "qltt-79", ["officer"], "2026-11-23T17:00:00Z")
    SessionFile.of(tmp_path, {"XDG_STATE_HOME": str(tmp_path / "state")}).write(kept)
    played = Town()
    with InThread(played.app()) as server:
        home_with(tmp_path, dict.fromkeys(NAMES, server.url))
        yield played
