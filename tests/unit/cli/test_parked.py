"""`phoihop parked …`: every service is asked, and an unknown one is told apart before any is."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from cli.parked import SERVICES, app
from command_builders import Town

ROW: dict[str, Any] = {"id": "Zg", "reason": "undecodable", "error": "field x"}


def parked(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_the_list_counts_by_service_and_reason_and_shows_ids(town: Town) -> None:
    town.answers["GET", "/parked"] = {"parked": [ROW], "counts": {"undecodable": 1}, "next": None}
    done = parked("list", "--reason", "undecodable")

    assert done.stdout.count("1 undecodable") == done.stdout.count("Zg") == len(SERVICES)
    assert town.told("/parked").query == {"reason": "undecodable"}
    assert set(json.loads(parked("list", "--service", "cases", "--json").stdout)) == {"cases"}


def test_that_more_is_parked_than_shown_is_said(town: Town) -> None:
    town.answers["GET", "/parked"] = {"parked": [ROW], "counts": {"undecodable": 300}, "next": "Zh"}

    assert "more: --service cases --after Zh" in parked("list", "--service", "cases").stdout
    parked("list", "--service", "cases", "--after", "Zh")
    assert town.told("/parked").query == {"after": "Zh"}


def test_one_event_is_shown_whole(town: Town) -> None:
    town.answers["GET", "/parked/Zg"] = ROW

    assert json.loads(parked("show", "cases", "Zg").stdout) == ROW


def test_an_unknown_service_is_wrong_usage_that_lists_the_known_ones(town: Town) -> None:
    for words in (("list", "--service", "kases"), ("show", "kases", "Zg"), ("list", "--after", "Zh")):
        done = parked(*words)
        assert (done.exit_code, town.asked) == (2, [])
        assert "notifications" in done.stderr
