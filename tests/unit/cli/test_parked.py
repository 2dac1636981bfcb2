"""`phoihop parked …`: every service is asked, and an unknown one is told apart before any is."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.parked import SERVICES, app
from cli.patient import Patient
from command_builders import Asked, Town
from schemas.problems import FORBIDDEN

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


STEP: dict[str, Any] = {"applied": 2, "skipped": 1, "failed": [], "left": 0, "next": None, "more": False}


def test_one_event_is_redriven_alone_and_its_key_only_if_asked(town: Town) -> None:
    town.answers["POST", "/parked/Zg/redrive"] = STEP

    alone, key = parked("redrive", "cases", "Zg"), parked("redrive", "cases", "Zg", "--key", "--json")

    assert (alone.exit_code, key.exit_code, json.loads(key.stdout)["applied"]) == (0, 0, 2)
    assert [one.body for one in town.asked if one.path == "/parked/Zg/redrive"] == [{}, {"key": True}]
    assert "2 applied, 1 skipped, 0 failed again, 0 still parked" in alone.stdout


def test_a_long_key_is_gone_on_with_where_the_last_step_ended(town: Town) -> None:
    town.answers["POST", "/parked/Zg/redrive"] = STEP | {"left": 4, "next": "Zh", "more": True}
    town.answers["POST", "/parked/Zh/redrive"] = STEP | {"failed": [ROW | {"attempts": 3}], "left": 2, "next": "Zi"}

    done = parked("redrive", "cases", "Zg", "--key")

    assert done.exit_code == 1
    assert "4 applied, 2 skipped, 1 failed again, 2 still parked" in done.stdout
    assert "Zg  undecodable  field x  (tried 3 times)" in done.stdout


def test_everything_is_redriven_step_by_step_from_where_it_began(town: Town) -> None:
    bodies: list[Any] = []

    def step(asked: Asked) -> dict[str, Any]:
        bodies.append(asked.body)
        return STEP | {"began": "2026-11-24T05:00:00Z", "more": len(bodies) % 3 != 0}

    town.answers["POST", "/parked/redrive"] = step
    done = parked("redrive", "--all", "--json")

    assert (done.exit_code, set(json.loads(done.stdout))) == (0, set(SERVICES))
    assert json.loads(done.stdout)["cases"] == {"applied": 6, "skipped": 3, "failed": [], "left": 0}
    assert bodies[:3] == [{}, {"began": "2026-11-24T05:00:00Z"}, {"began": "2026-11-24T05:00:00Z"}]
    assert len(bodies) == 3 * len(SERVICES)
    assert parked("redrive", "cases", "--all").exit_code == 0
    assert len(bodies) == 3 * len(SERVICES) + 3


def test_an_interrupted_redrive_says_what_is_done_and_how_to_go_on(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = iter([STEP | {"began": "2026-11-24T05:00:00Z", "more": True, "left": 7}])

    def post(_patient: Patient, _path: str, _body: Any) -> Any:
        found = next(steps, None)
        if found is None:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Patient, "post", post)
    done = parked("redrive", "cases", "--all")

    assert done.exit_code == 130
    assert "2 applied, 1 skipped, 0 failed again, 7 still parked" in done.stderr
    assert "run the same command again" in done.stderr


def test_what_fails_at_one_service_does_not_hide_what_was_done_at_another(town: Town) -> None:
    asked: list[Asked] = []

    def step(one: Asked) -> dict[str, Any]:
        asked.append(one)
        if len(asked) > 1:
            raise Refused(FORBIDDEN.problem())
        return STEP | {"began": "2026-11-24T05:00:00Z"}

    town.answers["POST", "/parked/redrive"] = step
    done = parked("redrive", "--all")

    assert done.exit_code == 1
    assert "intake         2 applied" in done.stderr


def test_discarding_needs_a_reason_and_says_what_is_given_up(town: Town) -> None:
    town.answers["POST", "/parked/Zg/discard"] = {"first": 4, "last": 4, "left": 2, "next": "Zh"}
    assert parked("discard", "cases", "Zg").exit_code == 2
    assert town.asked == []

    done = parked("discard", "cases", "Zg", "--reason", "trùng")
    parked("discard", "cases", "Zg", "--reason", "trùng", "--sequence", "4")

    assert "number 4 of its record is given up" in done.stdout
    assert "phoihop parked redrive cases Zh --key" in done.stdout
    bodies = [one.body for one in town.asked if one.path == "/parked/Zg/discard"]
    assert bodies == [{"reason": "trùng"}, {"reason": "trùng", "sequence": 4}]


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ({"first": 4, "last": 6, "left": 0, "next": None}, "numbers 4 to 6 of its record are given up"),
        ({"first": None, "last": None, "left": 0, "next": None}, "no number of an order is passed over"),
    ],
)
def test_what_a_discard_passes_over_is_told(town: Town, gone: dict[str, Any], told: str) -> None:
    town.answers["POST", "/parked/Zg/discard"] = gone

    assert told in parked("discard", "cases", "Zg", "--reason", "x").stdout


def test_the_log_tells_who_did_what_and_why(town: Town) -> None:
    act = {"id": 7, "at": "2026-11-24T05:00:00Z", "act": "discard", "outcome": "discarded", "parked": "Zg"}
    act |= {"unit": "vptt-389", "person": "admin", "reason": "trùng", "error": None}
    town.answers["GET", "/parked/log"] = {"acts": [act], "next": 7}

    done = parked("log", "--service", "cases")
    parked("log", "--service", "cases", "--before", "7")

    assert "discard  discarded vptt-389/admin  Zg  trùng" in done.stdout
    assert "more: --service cases --before 7" in done.stdout
    assert town.told("/parked/log").query == {"before": "7"}
    assert set(json.loads(parked("log", "--json").stdout)) == set(SERVICES)


def test_what_to_redrive_must_be_said_in_one_way(town: Town) -> None:
    for words in (
        ("redrive",),
        ("redrive", "cases"),
        ("redrive", "cases", "Zg", "--all"),
        ("redrive", "--all", "--key"),
    ):
        assert parked(*words).exit_code == 2
    assert town.asked == []


def test_an_unknown_service_is_wrong_usage_that_lists_the_known_ones(town: Town) -> None:
    for words in (
        ("list", "--service", "kases"),
        ("show", "kases", "Zg"),
        ("list", "--after", "Zh"),
        ("redrive", "kases", "Zg"),
        ("redrive", "kases", "--all"),
        ("discard", "kases", "Zg", "--reason", "x"),
        ("log", "--service", "kases"),
        ("log", "--before", "7"),
    ):
        done = parked(*words)
        assert (done.exit_code, town.asked) == (2, [])
        assert "notifications" in done.stderr
