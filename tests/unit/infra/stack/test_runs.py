"""Test runs: one folder each, known by its owner, swept by a later run when the owner is gone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.stack.processes import myself
from infra.stack.runs import RUN, begin, joined, sweep


def test_each_run_has_a_private_folder_that_names_its_owner(tmp_path: Path) -> None:
    one, two = begin({}, tmp_path), begin({}, tmp_path)

    assert one.folder != two.folder
    assert one.folder.stat().st_mode & 0o777 == 0o700
    assert json.loads((one.folder / "owner.json").read_text(encoding="utf-8"))["pid"] == os.getpid()


def test_workers_join_the_run_that_the_environment_names(tmp_path: Path) -> None:
    run = begin({}, tmp_path)

    assert joined({RUN: str(run.folder)}).folder == run.folder
    with pytest.raises(KeyError):
        joined({})


def test_a_run_that_started_nothing_ends_without_a_trace(tmp_path: Path) -> None:
    run = begin({}, tmp_path)

    run.finish()

    assert [path.name for path in tmp_path.iterdir()] == ["runs.lock"]


def test_only_runs_whose_owner_is_gone_are_swept(tmp_path: Path) -> None:
    mine, killed, reused = (begin({}, tmp_path) for _ in range(3))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    started = psutil.Process(dead.pid).create_time()
    dead.wait()
    me = myself("pytest")
    for run, pid, at in ((killed, dead.pid, started), (reused, me.pid, me.started - 60)):
        owner = {"name": "pytest", "pid": pid, "started": at}
        (run.folder / "owner.json").write_text(json.dumps(owner), encoding="utf-8")

    swept = sweep(tmp_path, {})

    assert set(swept) == {killed.folder, reused.folder}
    assert mine.folder.exists()
    assert not killed.folder.exists()
