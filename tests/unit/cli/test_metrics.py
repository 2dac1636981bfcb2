"""`phoihop metrics`: what it tells, and what it says when it cannot."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.metrics import app, lines_of
from command_builders import InThread
from runtime_builders import home_with
from schemas.topics import Topics
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.metrics.meters import Meters

SCRAPE = """# TYPE phoihop_ready gauge
phoihop_ready{part="database"} 1.0
# TYPE phoihop_consumer_batch_seconds histogram
phoihop_consumer_batch_seconds_bucket{group="cases",le="+Inf"} 4.0
phoihop_consumer_batch_seconds_count{group="cases"} 4.0
phoihop_consumer_batch_seconds_sum{group="cases"} 0.5
"""


def asked(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHOIHOP_HOME", str(tmp_path))
    return tmp_path


def test_a_histogram_is_told_by_its_count_and_its_mean() -> None:
    ready, batch = lines_of(SCRAPE)
    assert (ready.metric, ready.value, ready.count) == ("phoihop_ready", 1.0, None)
    assert (batch.metric, batch.value, batch.count) == ("phoihop_consumer_batch_seconds", 0.125, 4)


def test_the_numbers_of_a_service_are_told_to_who_has_the_token(home: Path) -> None:
    served = create_app("cases", [], health=Health(), meters=Meters("a-token", Topics()))
    with InThread(served) as server:
        home_with(home, {"cases": server.url}, {"scrape-token": "a-token"})
        told = asked("cases", "--json")
        text = asked()
        (home / "secrets" / "scrape-token").write_text("another")
        refused = asked("cases")

    ready = next(line for line in json.loads(told.stdout)["cases"] if line["metric"] == "phoihop_ready")
    assert ready == {"metric": "phoihop_ready", "labels": {"part": "process"}, "value": 0.0}
    assert "phoihop_ready{part=process}  0" in text.stdout
    assert (refused.exit_code, "restart it" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("program", "secrets", "word", "ends"),
    [
        ("gateway", {}, "cases", (2, "no service 'cases' has numbers")),
        ("cases", {}, "cases", (3, "scrape-token is missing")),
        ("cases", {"scrape-token": "t"}, "cases", (3, "cases does not answer")),
        ("customs-standin", {"scrape-token": "t"}, "customs-standin", (2, "no service")),
    ],
)
def test_what_is_missing_is_named(
    home: Path, program: str, secrets: dict[str, str], word: str, ends: tuple[int, str]
) -> None:
    home_with(home, {program: "http://127.0.0.1:9"}, secrets)
    done = asked(word)
    assert (done.exit_code, ends[1] in done.stderr) == (ends[0], True)


def test_prometheus_is_told_addresses_and_the_file_of_the_token_and_no_secret(home: Path) -> None:
    home_with(home, {"cases": "http://127.0.0.1:7001"}, {"scrape-token": "khong-noi-ra"})
    made = asked("--prometheus").stdout
    assert 'targets: ["127.0.0.1:7001"]' in made
    assert str(home / "secrets" / "scrape-token") in made
    assert "khong-noi-ra" not in made
