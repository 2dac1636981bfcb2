"""`phoihop keys`: what can be told without a database, and what is said where there is none."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.keys import app
from infra.stack.key_backups import FOLDER, KEPT
from infra.stack.secrets import SecretFiles


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHOIHOP_HOME", str(tmp_path))
    return tmp_path


def keys(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def taken(place: Path, name: str, at: datetime) -> None:
    SecretFiles(place / FOLDER).write(name, json.dumps({"taken_at": at.isoformat(), "keys": [], "erased": []}))


def test_backups_are_listed_newest_first_and_those_whose_time_is_over_are_gone(place: Path) -> None:
    now = datetime.now(UTC)
    taken(place, "keys-1.json", now - KEPT)
    taken(place, "keys-2.json", now - KEPT + timedelta(hours=1))
    taken(place, "keys-3.json", now)

    found = json.loads(keys("list", "--json").stdout)["backups"]

    assert [one["file"] for one in found] == ["keys-3.json", "keys-2.json"]
    assert not (place / FOLDER / "keys-1.json").exists()


def test_an_unknown_backup_is_wrong_usage(place: Path) -> None:
    done = keys("restore", "keys-9.json")

    assert done.exit_code == 2
    assert "phoihop keys list" in done.stderr
    assert place.exists()


@pytest.mark.parametrize("words", [("rotate",), ("backup",)])
def test_without_a_stack_it_is_said_what_to_run(place: Path, words: tuple[str, ...]) -> None:
    done = keys(*words)

    assert done.exit_code == 1
    assert "phoihop stack up" in done.stderr
    assert list(place.iterdir()) == []
