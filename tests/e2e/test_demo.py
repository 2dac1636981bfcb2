"""The demo as its user starts it, with parts of the bus killed in mid-story: every unit still receives what it must."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.demo.story import load

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

PUBLISHED = Path(os.environ.get("PHOIHOP_DATA", "/nonexistent")) / "customs-declarations-2021Q2.csv"
SOURCE = ("--declarations", str(PUBLISHED)) if PUBLISHED.is_file() else ()
DECLARATIONS, SIGNALS = (8_481, 1_835) if SOURCE else (200, 50)
DRILL = "notifications,cases,broker"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of its own, emptied afterwards."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    yield folder
    phoihop(folder, "stack", "reset", "--yes")


@pytest.fixture(scope="module")
def run(home: Path) -> subprocess.CompletedProcess[str]:
    """One run of the demo with the drill, on the published declarations where they are at hand."""
    return phoihop(home, "demo", "--once", "--report", str(home.parent / "demo.json"), "--kill", DRILL, *SOURCE)


@pytest.fixture(scope="module")
def report(run: subprocess.CompletedProcess[str], home: Path) -> Mapping[str, Any]:
    """What it wrote."""
    assert run.returncode in {0, 1}, run.stderr
    found: Mapping[str, Any] = json.loads((home.parent / "demo.json").read_text("utf-8"))
    return found


def phoihop(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it."""
    command = [sys.executable, "-m", "cli", *arguments]
    environment = {**os.environ, "PHOIHOP_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)


def test_everything_arrives_though_a_service_a_consumer_and_the_broker_are_killed(
    run: subprocess.CompletedProcess[str], report: Mapping[str, Any]
) -> None:
    wrong = {name: report[name] for name in ("missing", "unexpected", "duplicated", "out_of_order", "parked")}

    assert wrong == dict.fromkeys(wrong, 0), run.stderr
    assert run.returncode == 0, run.stderr
    assert sum("SIGKILL" in line for line in run.stderr.splitlines()) == len(DRILL.split(","))


def test_every_flagged_declaration_became_a_signal_and_every_tip_met_its_fate(report: Mapping[str, Any]) -> None:
    assert (report["declarations"], report["signals"], report["tips"]) == (DECLARATIONS, SIGNALS, 60)
    fates = {name: report[f"tips_{name}"] for name in ("refused", "advised", "linked", "held", "forwarded")}
    assert fates == {"refused": 8, "advised": 6, "linked": 3, "held": 6, "forwarded": 38}
    assert report["cases_claimed"] == 22


def test_units_of_four_agencies_and_the_standing_offices_were_told(report: Mapping[str, Any]) -> None:
    assert all(count > 0 for count in report["delivered"].values()), report["delivered"]


def test_no_process_logged_what_a_tip_says_or_who_sent_it(run: subprocess.CompletedProcess[str], home: Path) -> None:
    """Everything that every process printed, the servers' logs among it, through kills and restarts."""
    logs = {file.name: file.read_text("utf-8", "replace") for file in home.rglob("*.log")}
    everything = "\n".join([run.stdout, run.stderr, *logs.values()])

    assert {"kafka.log", "postgres.log", "intake.log", "cases.log", "notifications.log", "unmask.log"} <= set(logs)
    assert "Traceback" not in run.stderr
    assert [said for said in spoken() if said in everything] == []


def spoken() -> Iterator[str]:
    """Contents of tips, informants, names and identifiers, as the story has them."""
    for tip in load():
        yield tip.row["content"]
        yield from (value for value in tip.row.get("informant", {}).values() if isinstance(value, str))
        details = tip.row.get("details", {})
        yield from (one["value"] for one in details.get("identifiers", ()))
        yield from details.get("names", ())


def test_a_file_that_is_not_there_is_named_before_anything_starts(home: Path) -> None:
    refused = phoihop(home, "demo", "--once", "--declarations", "no-such-file.csv")

    assert refused.returncode == 2
    assert "there is no file no-such-file.csv" in refused.stderr


def test_an_unknown_part_of_the_drill_is_named_with_those_that_are_known(home: Path) -> None:
    refused = phoihop(home, "demo", "--once", "--kill", "kase")

    assert refused.returncode == 2
    assert "knows no kase" in refused.stderr
    assert "notifications" in refused.stderr
