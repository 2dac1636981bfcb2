"""Directory as the supervisor starts it, and the command line as a person uses it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.stack.testing import TestDatabase
from runtime_builders import home_with

pytestmark = pytest.mark.integration
MAIN = "from cli.login import app; app()"


@pytest.fixture
def environment(database: TestDatabase, tmp_path: Path) -> dict[str, str]:
    """A home of the running stack whose database is this module's, and a state folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        home_with(tmp_path, {"directory": f"http://127.0.0.1:{probe.getsockname()[1]}"})
    info = json.loads(database.info.model_dump_json())
    info["postgres"]["database"] = database.name
    (tmp_path / "stack.json").write_text(json.dumps(info))
    (tmp_path / "secrets").symlink_to(database.info.secrets)
    return dict(os.environ) | {"PHOIHOP_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "LANG": "C"}


@contextmanager
def directory(environment: dict[str, str]) -> Iterator[None]:
    """The process, from its first readiness to an end by SIGTERM with exit code 0."""
    command = [sys.executable, "-m", "services.directory"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as started:
        assert started.stdout
        lines = []
        for line in started.stdout:
            lines.append(line)
            if '"process_started"' in line:
                break
        else:
            pytest.fail(f"directory did not start: {''.join(lines)}")
        try:
            yield
        finally:
            started.send_signal(signal.SIGTERM)
            rest = started.stdout.read()
        assert started.wait(timeout=30) == 0, rest


def phoihop(environment: dict[str, str], *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", MAIN, *words]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, env=environment, check=False, timeout=60
    )


def test_the_first_administrator_signs_in_across_restarts(environment: dict[str, str]) -> None:
    password = (Path(environment["PHOIHOP_HOME"]) / "secrets" / "directory-admin").read_text()
    with directory(environment):
        told = phoihop(environment, "login", "admin", stdin=password)
        assert (told.returncode, told.stderr) == (0, "")
    with directory(environment):
        found = phoihop(environment, "whoami", "--json")
        assert json.loads(found.stdout)["roles"] == ["directory_admin"]
        assert phoihop(environment, "logout").returncode == 0
        assert phoihop(environment, "whoami").returncode == 4


def test_a_secret_that_others_may_read_stops_the_start_with_the_remedy(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "secrets").unlink()
    home_with(tmp_path, json.loads((tmp_path / "services.json").read_text()), {"postgres/directory": "x"})
    (tmp_path / "secrets" / "postgres" / "directory").chmod(0o644)
    ended = subprocess.run(
        [sys.executable, "-m", "services.directory"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    line = json.loads(ended.stdout)
    assert line["event"] == "process_misconfigured"
    assert "chmod 600" in line["reason"]
