"""A stack of its own: started, started again, killed, looked at by others, deleted.

The tests share one home to save starts; each brings the stack to the state it needs, in any order.
"""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from infra.stack import broker, postgres
from infra.stack.broker_settings import PORTS
from infra.stack.class_archive import ClassArchive
from infra.stack.embedded import EmbeddedStack
from infra.stack.errors import PortTaken
from infra.stack.home import Home
from infra.stack.info import StackInfo
from infra.stack.jars import class_path
from infra.stack.java import find_java
from infra.stack.ports import choose
from infra.stack.processes import Processes, Tracked
from infra.stack.secrets import SecretFiles, random_secret
from infra.stack.server_account import residence

pytestmark = pytest.mark.integration

UNITS = ("customs-hq", "qltt-79")
SUPERVISOR = """
import os, sys
from pathlib import Path
from infra.stack.class_archive import ClassArchive
from infra.stack.embedded import EmbeddedStack
from infra.stack.home import Home, cache_of
stack = EmbeddedStack(os.environ, cache_of(os.environ), durable=False, progress=lambda line: print(line, flush=True))
stack.up(Home(Path(sys.argv[1])), ["customs-hq", "qltt-79"])
print("all is up", flush=True)
sys.stdin.read()
"""


def pids(home: Home) -> dict[str, int]:
    found = [Processes(home.processes).find(name) for name in (broker.NAME, postgres.NAME)]
    return {tracked.name: tracked.pid for tracked in found if tracked is not None}


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


class Supervisor:
    """A process of its own that brings the stack up, to be killed at a known point."""

    def __init__(self, home: Home) -> None:
        command = [sys.executable, "-c", SUPERVISOR, str(home.root)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def killed_after(self, word: str) -> None:
        """Wait for a line with the word, then SIGKILL."""
        assert self.process.stdout is not None
        said = any(word in line for line in self.process.stdout)
        self.process.kill()
        self.process.communicate()
        assert said, f"the supervisor ended without saying {word!r}"


def test_a_second_up_finds_everything_running_and_changes_nothing(own: EmbeddedStack, home: Home) -> None:
    first = own.up(home, UNITS)
    running = pids(home)

    second = own.up(home, UNITS)

    assert second == first == StackInfo.load(home)
    assert pids(home) == running
    assert set(running) == {"kafka", "postgres"}
    assert own.status(home).ready


def test_down_ends_both_and_the_next_up_finds_the_data(own: EmbeddedStack, home: Home) -> None:
    first = own.up(home, UNITS)
    own.down(home)

    assert pids(home) == {}
    assert not own.status(home).ready
    assert not home.info.exists()
    assert own.up(home, UNITS).kafka.cluster_id == first.kafka.cluster_id


def test_what_a_run_taught_java_is_what_the_next_start_begins_with(own: EmbeddedStack, home: Home) -> None:
    own.up(home, UNITS)
    own.down(home)
    own.up(home, UNITS)

    archive = ClassArchive(own.cache, find_java(), class_path(own.cache)).file
    assert archive.is_file()
    assert any(str(archive) in line for line in command_lines(home))


def test_a_killed_broker_comes_back_on_its_ports_with_its_log(own: EmbeddedStack, home: Home) -> None:
    first = own.up(home, UNITS)
    before = pids(home)
    psutil.Process(before["kafka"]).kill()

    second = own.up(home, UNITS)

    assert second == first
    assert pids(home)["kafka"] != before["kafka"]
    assert pids(home)["postgres"] == before["postgres"]


def test_what_a_supervisor_killed_in_the_middle_left_is_ended_by_the_next_up(own: EmbeddedStack, home: Home) -> None:
    own.down(home)
    Supervisor(home).killed_after("Kafka answers")
    left = pids(home)
    assert set(left) == {"kafka", "postgres"}

    own.up(home, UNITS)

    assert all(is_gone(pid) for pid in left.values())
    assert set(pids(home)) == {"kafka", "postgres"}


def test_servers_outlive_the_command_that_started_them(own: EmbeddedStack, home: Home) -> None:
    own.down(home)
    Supervisor(home).killed_after("all is up")

    assert own.status(home).ready


def test_two_first_ups_at_once_share_one_stack_even_after_one_that_was_cut_short(
    own: EmbeddedStack, home: Home
) -> None:
    own.reset(home)
    leave_half_made_data(home)

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda _: own.up(home, UNITS), range(2))

    assert one == two
    assert set(pids(home)) == {"kafka", "postgres"}


def leave_half_made_data(home: Home) -> None:
    """What a first start leaves when it is killed while the data folders are being made."""
    home.prepare()
    postgres_data = residence(home, postgres.programs()).data.with_name("data.part")
    for folder in (postgres_data, home.kafka / "data"):
        folder.mkdir()
        (folder / "PG_VERSION").write_text("half", encoding="utf-8")


def test_a_process_that_took_the_pid_of_a_dead_server_is_left_alone(own: EmbeddedStack, home: Home) -> None:
    own.down(home)
    bystander = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        Processes(home.processes).add(Tracked(broker.NAME, bystander.pid, started=1000.0))
        own.down(home)
        assert bystander.poll() is None
    finally:
        bystander.communicate(timeout=10)


def test_the_bootstrap_secret_ends_with_the_first_start_and_no_secret_is_told(
    own: EmbeddedStack, home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    own.reset(home)
    made: list[str] = []

    def noted() -> str:
        made.append(random_secret())
        return made[-1]

    monkeypatch.setattr(broker, "random_secret", noted)

    info = own.up(home, UNITS)

    [bootstrap] = made
    assert not broker.answers(info.kafka.agency, info.kafka.ca, bootstrap)
    told = [*capfd.readouterr(), *visible_files(home), *command_lines(home)]
    assert not [text[:80] for text in told for secret in [bootstrap, *every_secret(home)] if secret in text]


def every_secret(home: Home) -> list[str]:
    files = [path for path in home.secrets.rglob("*") if path.is_file()]
    assert len(files) > 20
    return [path.read_text(encoding="utf-8") for path in files]


def visible_files(home: Home) -> list[str]:
    """Whatever others than the owner could read."""
    private = {home.secrets, home.kafka}
    files = [path for path in home.root.rglob("*") if path.is_file() and not private & set(path.parents)]
    assert home.logs / "kafka.log" in files
    return [path.read_text(encoding="utf-8", errors="replace") for path in files if path.stat().st_mode & 0o044]


def command_lines(home: Home) -> list[str]:
    return [" ".join(psutil.Process(pid).cmdline()) for pid in pids(home).values()]


def test_secrets_and_keys_are_readable_by_their_owner_alone(own: EmbeddedStack, home: Home) -> None:
    own.up(home, UNITS)

    assert SecretFiles(home.secrets).too_open() == []
    assert home.kafka.stat().st_mode & 0o077 == 0
    assert (home.tls / "server.pem").stat().st_mode & 0o077 == 0


def test_reset_leaves_nothing_but_the_lock_and_what_others_put_there(own: EmbeddedStack, home: Home) -> None:
    info = own.up(home, UNITS)
    (home.root / "services.json").write_text("{}", encoding="utf-8")

    own.reset(home)

    assert {path.name for path in home.root.iterdir()} == {home.lock.name, "services.json"}
    assert info.postgres_data is not None
    assert not info.postgres_data.parent.exists()


@pytest.mark.parametrize(("part", "name"), [("postgres", "PostgreSQL"), ("kafka", "Kafka")])
def test_a_port_taken_meanwhile_is_named_and_nothing_stays_behind(
    own: EmbeddedStack, home: Home, monkeypatch: pytest.MonkeyPatch, part: str, name: str
) -> None:
    own.down(home)
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        taken = squatter.getsockname()[1]
        ports = choose(PORTS, {}) | {"agency": taken, postgres.NAME: taken}
        monkeypatch.setattr(f"infra.stack.{part}_part.choose", lambda _names, _recorded: ports)

        with pytest.raises(PortTaken, match=f"{name} could not listen on 127.0.0.1:{taken}"):
            own.up(home, UNITS)

    assert pids(home) == {}
