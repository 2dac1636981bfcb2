"""Figures and their table: what meets a target, what was not measured, and what a program reads of it."""

import json
from pathlib import Path

import pytest

from bench import daylight, imported, run, tables
from bench.figure import Asked, Figure, Target, at_least, at_most, page_figures
from bench.living import Living
from infra.stack.home import Home

HELD = Figure("a", 15.0, "s", at_most(15))
MISSED = Figure("b", 299, "lines/s", at_least(300), "why")
ABSENT = Figure("c", None, "", None, "not measured: file absent")


def test_a_target_is_met_at_its_very_number_and_not_beyond() -> None:
    assert [one.met for one in (HELD, MISSED, ABSENT)] == [True, False, None]
    assert Target("exactly", 0).holds(0)
    assert not Target("exactly", 0).holds(1)


def test_pages_are_judged_by_the_question_that_is_slowest_and_not_by_one_answer() -> None:
    quick, slow = Asked("quick", [0.01, 0.01, 0.9], 10), Asked("slow", [0.1, 0.1, 0.1], 10)
    typical, slowest = page_figures("list", [quick, slow], 150)

    assert (typical.measured, slowest.measured, slowest.met) == (100.0, 100.0, True)
    assert slowest.remark == "slow; slowest of 6 answers 900 ms (quick)"


def test_the_table_says_what_was_met_missed_and_not_measured() -> None:
    lines = tables.text({"cores": 2, tables.SPENT: {"a": 1.0}}, [HELD, MISSED, ABSENT]).splitlines()

    assert lines[0] == "cores 2"
    assert [line.split()[0] for line in lines[2:]] == ["what", "a", "b", "c"]
    assert lines[3].split() == ["a", "≤", "15", "15.0", "s", "yes"]
    assert lines[4].split() == ["b", "≥", "300", "299", "lines/s", "NO", "why"]
    assert "not measured" in lines[5]


def test_a_measurement_that_fails_is_a_row_that_says_so_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object, seed: int) -> list[Figure]:
        raise RuntimeError("no broker")

    monkeypatch.setattr(run, "RESULTS", tmp_path)
    monkeypatch.setattr(run, "TABLES", {"daylight": (("first", broken), ("second", lambda *_: [HELD]))})
    code = run.main(["daylight", "--json"])
    printed = json.loads(capsys.readouterr().out)

    assert code == 1
    assert printed == json.loads((tmp_path / "daylight.json").read_text("utf-8"))
    assert [one["met"] for one in printed["figures"]] == [None, True]
    assert printed["figures"][0]["remark"] == "failed: RuntimeError: no broker"
    assert set(printed["conditions"]) > {"cores", "memory_gb", "python", "date", "commit"}


async def test_where_the_published_file_is_absent_the_row_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PHOIHOP_DATA", str(tmp_path))
    [row] = await imported.measure(Living(tmp_path), lambda _: None)

    assert (row.measured, row.met) == (None, None)
    assert row.remark.startswith("not measured: file absent")


def test_a_home_of_a_measurement_is_its_own(tmp_path: Path) -> None:
    assert Living(tmp_path).home == Home(tmp_path / "home")
    assert Living(tmp_path).environment["PHOIHOP_HOME"] == str(tmp_path / "home")
    assert [name for name, _ in daylight.MEASURES] == ["the running bus", "the demo", "the pages"]
