"""`phoihop reference check` as a jurist and as a script use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.reference import app
from reference_builders import shipped_copy, with_cells


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_the_shipped_data_pass(runner: CliRunner) -> None:
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 0
    assert result.stdout.rstrip().endswith("rows read, nothing to correct")


def test_a_problem_is_named_with_place_and_remedy_and_fails_the_check(runner: CliRunner, tmp_path: Path) -> None:
    line = with_cells(shipped_copy(tmp_path), "units", "qltt-79", parent="sct-79")
    result = runner.invoke(app, ["check", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        f"units.csv:{line}: parent: sct-79 is not in units.csv. Add it to units.csv or correct the code."
    )
    assert result.stdout.rstrip().endswith("1 to correct")


def test_a_script_gets_the_problems_as_json(runner: CliRunner, tmp_path: Path) -> None:
    line = with_cells(shipped_copy(tmp_path), "units", "qltt-79", central="có")
    result = runner.invoke(app, ["check", "--json", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem == {
        "file": "units.csv",
        "line": line,
        "column": "central",
        "message": "'có' is neither yes nor no",
        "remedy": "Write yes for the one unit that answers where no territory holds the place",
    }


def test_json_without_problems_says_how_many_rows_were_read(runner: CliRunner) -> None:
    found = json.loads(runner.invoke(app, ["check", "--json"]).stdout)
    assert found["problems"] == []
    assert found["rows"] > 200


def test_a_folder_that_is_not_there_is_wrong_usage(runner: CliRunner, tmp_path: Path) -> None:
    assert runner.invoke(app, ["check", "--folder", str(tmp_path / "nowhere")]).exit_code == 2
