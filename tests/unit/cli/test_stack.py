"""`phoihop stack` and `phoihop doctor` without a stack: exit codes, JSON, messages with their remedy."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import doctor, stack


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PHOIHOP_HOME": str(tmp_path / "home"), "PHOIHOP_CACHE": str(tmp_path / "cache")}


def test_the_status_of_nothing_is_exit_code_3_with_every_part_down(environ: dict[str, str]) -> None:
    result = CliRunner().invoke(stack.app, ["status", "--json"], env=environ)

    found = json.loads(result.stdout)
    assert result.exit_code == 3
    assert not found["ready"]
    assert [(part["name"], part["running"]) for part in found["parts"]] == [("kafka", False), ("postgres", False)]


def test_status_for_a_person_is_one_line_a_part(environ: dict[str, str]) -> None:
    result = CliRunner().invoke(stack.app, ["status"], env=environ)

    assert result.stdout.splitlines() == ["kafka     does not answer", "postgres  does not answer"]


def test_stopping_what_does_not_run_is_done_at_once(environ: dict[str, str]) -> None:
    result = CliRunner().invoke(stack.app, ["down", "--json"], env=environ)

    assert (result.exit_code, json.loads(result.stdout)) == (0, {"running": False})


def test_reset_deletes_nothing_unless_it_is_told_to(environ: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "home" / "secrets" / "intake"
    kept.parent.mkdir(parents=True)
    kept.write_text("secret", encoding="utf-8")

    refused = CliRunner().invoke(stack.app, ["reset"], env=environ)
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert kept.exists()

    done = CliRunner().invoke(stack.app, ["reset", "--yes", "--json"], env=environ)
    assert done.exit_code == 0
    assert not kept.exists()


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("PHOIHOP_KAFKA", "elsewhere:9093", "Set PHOIHOP_KAFKA_CA"),
        ("PHOIHOP_DATABASE", "mysql://elsewhere/bus", "Give host, port and database"),
        ("PHOIHOP_STACK", "cloud", "It is `embedded`"),
    ],
)
def test_what_is_missing_is_said_with_its_remedy_and_exit_code_1(
    environ: dict[str, str], variable: str, value: str, remedy: str
) -> None:
    both = {"PHOIHOP_KAFKA": "", "PHOIHOP_DATABASE": ""} | {variable: value}

    for_a_person = CliRunner().invoke(stack.app, ["status"], env=environ | both)
    assert for_a_person.exit_code == 1
    assert for_a_person.stderr.startswith("error: ")
    assert remedy in for_a_person.stderr

    for_a_program = CliRunner().invoke(stack.app, ["status", "--json"], env=environ | both)
    assert json.loads(for_a_program.stdout)["remedy"].startswith(remedy)


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    stack.progress()("starting Kafka")

    assert capsys.readouterr() == ("", "")


def test_the_units_in_force_come_from_the_reference_data() -> None:
    units = stack.units_in_force(datetime(2026, 11, 24, tzinfo=UTC))

    assert units == sorted(units)
    assert {"customs-hq", "qltt-79", "vptt-389"} <= set(units)


def test_the_doctor_names_each_thing_and_is_content_before_the_first_start(environ: dict[str, str]) -> None:
    result = CliRunner().invoke(doctor.app, ["--json"], env=environ)

    found = json.loads(result.stdout)
    assert (result.exit_code, found["healthy"]) == (0, True)
    assert [finding["name"] for finding in found["findings"]][:3] == ["python", "java", "jars"]


def test_the_doctor_fails_when_a_secret_is_open_and_says_what_to_run(environ: dict[str, str], tmp_path: Path) -> None:
    secret = tmp_path / "home" / "secrets" / "intake"
    secret.parent.mkdir(parents=True)
    secret.write_text("secret", encoding="utf-8")
    secret.chmod(0o644)

    result = CliRunner().invoke(doctor.app, [], env=environ)

    assert result.exit_code == 1
    assert "BAD   secrets" in result.stdout
    assert "chmod -R go=" in result.stdout
