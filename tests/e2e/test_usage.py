"""What `phoihop usage` tells of the running bus: every server and every program, once."""

import json
import subprocess
import sys

import pytest

from bus_run import Bus
from cli.supervisor.roster import BUS

pytestmark = [pytest.mark.integration, pytest.mark.e2e, pytest.mark.timeout(180)]


def test_every_process_of_the_running_bus_is_told_once(running_bus: Bus) -> None:
    command = [sys.executable, "-m", "cli", "usage", "--json"]
    done = subprocess.run(
        command, env={"PHOIHOP_HOME": str(running_bus.home.root)}, check=True, capture_output=True, timeout=60
    )
    found = json.loads(done.stdout)
    rows = {row["name"]: row for row in found["processes"]}

    assert set(rows) == {"kafka", "postgres", "supervisor", *(program.name for program in BUS)}
    assert len(rows) == len(found["processes"])
    assert rows["postgres"]["processes"] > 5
    assert all(row["memory"] > 1_000_000 and row["threads"] > 0 and row["uptime"] > 0 for row in rows.values())
    assert found["total"]["memory"] == sum(row["memory"] for row in rows.values())
    assert found["total"]["processes"] == sum(row["processes"] for row in rows.values())
