"""`phoihop usage` without a bus, and its table: sums, kinds, both languages, the target."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from cli import usage
from infra.stack.home import Home
from infra.stack.processes import Processes, Tracked
from infra.stack.usage import PSS, RSS, Moment, Taken, Usage, between, look, running, total

BROKER = Usage("kafka", 1, 400_000_000, PSS, 3.25, 80, 3725.0)
DATABASE = Usage("postgres", 9, 120_500_000, PSS, 1.0, 9, 3726.0)


def test_the_table_lists_the_largest_first_then_sum_and_target() -> None:
    lines = usage.table([DATABASE, BROKER], "en").splitlines()

    assert [line.split()[0] for line in lines] == ["process", "kafka", "postgres", "total", "idle,"]
    assert lines[1].split() == ["kafka", "1", "400.0", "PSS", "3.2", "80", "1:02:05"]
    assert lines[3].split() == ["total", "10", "520.5", "PSS", "4.2", "89", "1:02:06"]
    assert lines[4].split() == ["idle,", "at", "most", "1,500", "20.0"]


def test_the_table_speaks_vietnamese_where_the_terminal_does() -> None:
    lines = usage.table([BROKER], "vi").splitlines()

    assert lines[0].startswith("tiến trình")
    assert lines[-2].startswith("tổng")


def test_a_sum_of_pss_and_rss_says_that_it_is_both() -> None:
    assert total([BROKER, Usage("x", 1, 1, RSS, 0, 1, 0)]).kind == "PSS+RSS"


@pytest.mark.parametrize(
    ("memory", "cpu", "met"), [(1_500_000_000, 20.0, True), (1_500_000_001, 1, False), (1, 20.1, False)]
)
def test_the_document_says_whether_the_target_is_met(memory: int, cpu: float, *, met: bool) -> None:
    found = usage.document([Usage("a", 1, memory, PSS, cpu, 1, 1.04)], 2.0)

    assert found["target"]["met"] is met
    assert found["processes"][0]["uptime"] == 1.0
    assert found["total"]["memory"] == memory


def test_processor_time_is_what_was_spent_in_between_and_a_new_child_counts_whole() -> None:
    first = Moment(10.0, {"db": {1: Taken(5, PSS, 7.0, 1), 2: Taken(5, PSS, 3.0, 1)}})
    last = Moment(14.0, {"db": {1: Taken(6, PSS, 8.0, 1), 3: Taken(7, PSS, 1.0, 2)}}, {"db": 100.0})
    [row] = between(first, last, 160.0)

    assert (row.cpu, row.memory, row.threads, row.processes, row.uptime) == (50.0, 13, 3, 2, 60.0)


def test_a_child_that_is_tracked_itself_counts_once(tmp_path: Path) -> None:
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as parent:
        whole = psutil.Process(parent.pid)
        while not (children := whole.children()):
            whole.status()
        both = [Tracked(name, one.pid, one.create_time()) for name, one in (("up", whole), ("down", children[0]))]
        record = Processes(Home(tmp_path).root / "programs")
        for one in both:
            record.add(one)
        found = look(running(Home(tmp_path)))
        parent.communicate(b"\n")

    assert {name: list(family) for name, family in found.families.items()} == {
        "up": [parent.pid],
        "down": [children[0].pid],
    }
    assert running(Home(tmp_path)) == []


@pytest.mark.parametrize(("lang", "told"), [("en_GB.UTF-8", "start it by `phoihop up`"), ("vi_VN.UTF-8", "đang chạy")])
def test_where_nothing_runs_it_says_how_to_start(tmp_path: Path, lang: str, told: str) -> None:
    environ = {"PHOIHOP_HOME": str(tmp_path), "LANG": lang, "LC_ALL": "", "LC_MESSAGES": ""}
    plain = CliRunner().invoke(usage.app, [], env=environ)
    spoken = CliRunner().invoke(usage.app, ["--json"], env=environ)

    assert (plain.exit_code, plain.stdout) == (3, "")
    assert told in plain.stderr
    assert str(tmp_path) in json.loads(spoken.stdout)["error"]
    assert CliRunner().invoke(usage.app, ["--watch", "0"], env=environ).exit_code == 2
