"""`phoihop events …`: what is missing is named before any broker is asked."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.events import app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHOIHOP_HOME", str(tmp_path))
    return tmp_path


def events(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_without_a_stack_the_remedy_is_told() -> None:
    done = events("tail", "qltt-79")

    assert done.exit_code == 1
    assert "phoihop stack up" in done.stderr


def test_a_developer_elsewhere_gives_listener_ca_and_secrets_and_is_told_which_secret_is_missing(
    tmp_path: Path,
) -> None:
    (tmp_path / "ca-79").write_text("x")
    given = ("--bootstrap", "127.0.0.1:9", "--ca", str(tmp_path / "ca.pem"), "--secrets", str(tmp_path))
    done = events("show", "qltt-79", "1", *given)

    assert done.exit_code == 2
    assert "no readable secret of unit 'qltt-79'" in done.stderr
    assert "ca-79" in done.stderr
