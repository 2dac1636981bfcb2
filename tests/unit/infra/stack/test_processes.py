"""A server is known by pid and start time, outlives its starter, and is ended for good."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.stack.processes import Processes, Tracked, begin_log, end, myself, start

WAITS = "import time; print('ready', flush=True); time.sleep(600)"
IGNORES = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(tmp_path / "processes")


def started(tmp_path: Path, code: str) -> Tracked:
    """A process that has come as far as to say so."""
    log = tmp_path / "out.log"
    os.mkfifo(log)
    reading = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reading, True)
    tracked = start("server", [sys.executable, "-c", code], log=log)
    assert os.read(reading, 5) == b"ready"
    os.close(reading)
    return tracked


def test_a_started_process_is_alive_until_it_is_ended(tmp_path: Path) -> None:
    tracked = started(tmp_path, WAITS)
    assert tracked.alive()

    end(tracked, signal.SIGTERM, seconds=10)

    assert not tracked.alive()


def test_one_that_ignores_the_farewell_is_killed(tmp_path: Path) -> None:
    tracked = started(tmp_path, IGNORES)

    end(tracked, signal.SIGTERM, seconds=0.2)

    assert not tracked.alive()


def test_a_started_process_is_in_a_session_of_its_own(tmp_path: Path) -> None:
    tracked = started(tmp_path, WAITS)
    try:
        assert os.getsid(tracked.pid) == tracked.pid != os.getsid(0)
    finally:
        end(tracked, signal.SIGKILL, seconds=5)


def test_the_same_pid_with_another_start_time_is_a_stranger_and_stays_untouched(processes: Processes) -> None:
    me = myself("server")
    stranger = Tracked(me.name, me.pid, me.started - 60)
    processes.add(stranger)

    assert me.alive()
    assert processes.find("server") is None
    processes.end("server", signal.SIGKILL, seconds=1)
    assert psutil.pid_exists(os.getpid())


def test_a_pid_that_nobody_has_is_not_alive() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    started_at = psutil.Process(ended.pid).create_time()
    ended.wait()

    assert not Tracked("server", ended.pid, started_at).alive()


def test_the_record_survives_its_writer_and_ending_forgets_it(processes: Processes) -> None:
    tracked = myself("kafka")
    processes.add(tracked)
    processes.add(Tracked("postgres", tracked.pid, 0.0))

    again = Processes(processes.folder)
    assert again.find("kafka") == tracked
    assert again.recorded("postgres") is not None

    again.end("postgres", signal.SIGTERM, seconds=1)
    assert again.recorded("postgres") is None
    assert again.recorded("kafka") == tracked


def test_ending_what_was_never_started_does_nothing(processes: Processes) -> None:
    processes.end("nobody", signal.SIGTERM, seconds=1)


def test_a_new_start_begins_a_new_log_and_keeps_the_last_one(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    begin_log(log)
    for text in ("first", "second", "third"):
        begin_log(log)
        log.write_text(text, encoding="utf-8")

    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "kafka.log": "third",
        "kafka.previous.log": "second",
    }
