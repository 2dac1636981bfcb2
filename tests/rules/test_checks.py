"""`make check` asks every question, says in a line what each found, and fails if one failed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rules import checks
from rules.checks import Check

HOLDS = Check("holds", "what it says", (sys.executable, "-c", "print('fine')"))
BROKEN = Check("broken", "what it says", (sys.executable, "-c", "raise SystemExit('line 3 is wrong')"))


def test_a_failed_check_does_not_hide_the_ones_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.run([BROKEN, HOLDS]) == 1
    printed = capsys.readouterr().out
    assert printed.index("FAILED broken") < printed.index("ok     holds")


def test_what_a_failed_check_printed_is_shown_and_what_a_good_one_printed_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks.run([HOLDS, BROKEN])
    printed = capsys.readouterr().out
    assert "line 3 is wrong" in printed
    assert "fine" not in printed


def test_a_command_that_is_not_there_counts_as_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.run([Check("gone", "nothing", ("./no-such-command",))]) == 1
    assert "no-such-command" in capsys.readouterr().out


def test_an_unknown_name_is_told_which_there_are() -> None:
    with pytest.raises(SystemExit, match=r"no check called colour; there are: types, lint"):
        checks.chosen(["colour"])


def test_names_choose_checks_and_no_name_chooses_all() -> None:
    assert [check.name for check in checks.chosen(["lint", "locks"])] == ["lint", "locks"]
    assert checks.chosen([]) == list(checks.CHECKS)


def test_the_hooks_ask_by_the_same_commands() -> None:
    hooks = (checks.ROOT / ".pre-commit-config.yaml").read_text()
    assert "entry: .venv/bin/python tests/rules/checks.py" in hooks
    assert "repo: local" in hooks
    assert "repo: http" not in hooks


def test_make_help_lists_at_most_twelve_targets_and_every_one_that_is_meant_for_people() -> None:
    listed = _make("help").splitlines()
    assert len(listed) <= 12
    for target in ("setup", "demo", "test", "check"):
        assert any(line.split()[1] == target for line in listed)


def test_ci_runs_check_then_test() -> None:
    script = (checks.ROOT / ".ci" / "run").read_text()
    assert script.index("step make setup") < script.index("step make check") < script.index("step make test")
    for name in ("run", "bootstrap", "environment", "lock"):
        assert os.access(checks.ROOT / ".ci" / name, os.X_OK)


def test_bootstrap_without_a_python_says_what_to_install(tmp_path: Path) -> None:
    done = _bootstrap(tmp_path, "no-such-python")
    assert done.returncode == 1
    assert "Install Python 3.11 or later" in done.stderr


def test_bootstrap_with_a_python_that_cannot_make_environments_says_the_remedy(tmp_path: Path) -> None:
    python = tmp_path / "python-without-venv"
    python.write_text("#!/bin/sh\necho 'ensurepip is not available' >&2\nexit 1\n")
    python.chmod(0o755)
    done = _bootstrap(tmp_path, str(python))
    assert done.returncode == 1
    assert "ensurepip is not available" in done.stderr
    assert "apt-get install python3-venv" in done.stderr


def _make(target: str) -> str:
    return subprocess.run(
        ["make", "--no-print-directory", target], cwd=checks.ROOT, check=True, capture_output=True, text=True
    ).stdout


def _bootstrap(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    copy = folder / "checkout" / ".ci"
    copy.mkdir(parents=True)
    for name in ("bootstrap", "uv.requirements.lock"):
        (copy / name).write_bytes((checks.ROOT / ".ci" / name).read_bytes())
    return subprocess.run(["sh", str(copy / "bootstrap"), python], check=False, capture_output=True, text=True)
