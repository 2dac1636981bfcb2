"""`phoihop outbox …` at the running bus: its state, and a topic published again that readers skip."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bus_run import Bus

pytestmark = [
    pytest.mark.integration,
    pytest.mark.e2e,
    pytest.mark.timeout(240),
    pytest.mark.usefixtures("nobody_else"),
]

TOPIC = "phoihop.command.v1"


def phoihop(bus: Bus, state: Path, *words: str, said: str = "") -> str:
    environment = {
        **os.environ,
        "PHOIHOP_HOME": str(bus.home.root),
        "XDG_STATE_HOME": str(state),
        "LANG": "en_US.UTF-8",
    }
    command = [sys.executable, "-m", "cli", *words]
    done = subprocess.run(command, input=said, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_topic_is_published_again_and_accepted_and_the_bus_says_how_it_grows(
    running_bus: Bus, tmp_path: Path
) -> None:
    phoihop(running_bus, tmp_path, "login", "admin", said=running_bus.secret("directory-admin") + "\n")

    again = phoihop(running_bus, tmp_path, "outbox", "resend", TOPIC, "--reason", "thử phát lại")
    accepted = phoihop(running_bus, tmp_path, "outbox", "accept", TOPIC, "--reason", "thử chấp nhận")
    status = phoihop(running_bus, tmp_path, "outbox", "status")

    assert [line.split()[0] for line in again.splitlines()] == ["intake", "gateway", "cases"]
    assert again.count(f"{TOPIC} whole finished: ") == 3
    # Every offset counts in this very log: nobody is moved.
    assert accepted.split() == ["notifications", "reads", "on", "as", "it", "did"]
    assert status.count("2 partitions ahead, none archived") == 3
    assert "notifications  feed " in status
    assert "no gaps" in phoihop(running_bus, tmp_path, "outbox", "gaps")
    assert "every topic keeps its events" in phoihop(running_bus, tmp_path, "doctor")
