"""`phoihop stack` and `phoihop up` as a person uses them: up, look, down, with the time that each start takes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner, Result

from cli import doctor, stack
from cli.supervisor.roster import BUS
from infra.stack.home import Home

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    environ = {"PHOIHOP_HOME": str(tmp_path_factory.mktemp("command") / "home")}
    yield environ
    assert run(environ, "reset", "--yes").exit_code == 0


def run(environ: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(stack.app, [*words, "--json"], env=environ)


def test_up_declares_every_unit_and_down_leaves_the_data(
    environ: dict[str, str], record_property: Callable[[str, object], None]
) -> None:
    up = run(environ, "up")
    assert up.exit_code == 0, up.output
    found = json.loads(up.stdout)
    record_property("seconds_to_ready", found["seconds"])
    assert up.stderr == ""
    assert {path.name for path in (Path(found["secrets"]) / "kafka").iterdir()} > {"customs-hq", "customs-hq.b"}
    assert run(environ, "status").exit_code == 0
    assert json.loads(CliRunner().invoke(doctor.app, ["--json"], env=environ).stdout)["healthy"]

    assert run(environ, "down").exit_code == 0
    assert run(environ, "status").exit_code == 3
    assert Home(Path(environ["PHOIHOP_HOME"])).secrets.exists()


def test_everything_runs_in_one_terminal_until_ctrl_c_and_nothing_stays_behind(
    environ: dict[str, str], record_property: Callable[[str, object], None]
) -> None:
    command = [sys.executable, "-m", "cli", "up", "--no-agencies"]
    with subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = list(until_ready(process.stdout))
        assert process.poll() is None, "".join(lines)
        record_property("seconds_to_ready", lines[-1])
        started = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(signal.SIGINT)
        lines += process.stdout
        assert process.wait(60) == 0, "".join(lines)

    assert len(started) > len(BUS)
    assert [one.pid for one in started if one.is_running()] == []
    assert run(environ, "status").exit_code == 3


def until_ready(lines: Iterable[str]) -> Iterator[str]:
    """What it says until it is ready, or ends."""
    for line in lines:
        yield line
        if "all ready in" in line:
            return
