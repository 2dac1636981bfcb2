"""One supervisor a home; what a crashed one left is ended by the next."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from cli.supervisor.record import SUPERVISOR, AlreadyUpError, Record
from infra.stack.home import Home
from infra.stack.processes import Processes, Tracked


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])


def tracked(name: str, process: subprocess.Popen[bytes]) -> Tracked:
    return Tracked(name, process.pid, psutil.Process(process.pid).create_time())


def test_a_second_supervisor_is_refused_and_told_which_one_runs(tmp_path: Path) -> None:
    with sleeper() as other:
        Processes(tmp_path / "programs").add(tracked(SUPERVISOR, other))
        with pytest.raises(AlreadyUpError, match=f"process {other.pid}"):
            Record(Home(tmp_path), ["cases"]).begin(lambda *_: None)
        other.kill()


def test_programs_of_a_crashed_supervisor_are_told_and_ended(tmp_path: Path) -> None:
    said: list[str] = []
    with sleeper() as left:
        Processes(tmp_path / "programs").add(tracked("cases", left))
        Record(Home(tmp_path), ["cases", "intake"]).begin(lambda _, line: said.append(line))
        left.wait(10)
        assert not psutil.pid_exists(left.pid)

    assert said == [f"ending cases (process {left.pid}), left by a run that crashed"]


def test_a_pid_that_now_belongs_to_another_process_is_left_alone(tmp_path: Path) -> None:
    with sleeper() as stranger:
        Processes(tmp_path / "programs").add(Tracked("cases", stranger.pid, 1.0))
        Record(Home(tmp_path), ["cases"]).begin(lambda *_: None)
        assert stranger.poll() is None
        stranger.kill()


def test_the_same_process_may_begin_again(tmp_path: Path) -> None:
    record = Record(Home(tmp_path), [])
    record.begin(lambda *_: None)
    record.begin(lambda *_: None)
    found = Processes(tmp_path / "programs").find(SUPERVISOR)
    assert found is not None
    assert found.pid == os.getpid()
