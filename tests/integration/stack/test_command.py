"""`phoihop stack` as a person uses it: up, look, down, with the time that a warm start takes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import doctor, stack
from infra.stack.home import Home

pytestmark = pytest.mark.integration


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    environ = {"PHOIHOP_HOME": str(tmp_path / "home")}
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
