"""`phoihop outbox …`: what is asked of which service, and what keeps a log from being accepted."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.outbox import OWNERS, READERS, app
from command_builders import Asked, Town

TOPIC = "phoihop.case.v1"
DONE: dict[str, Any] = {
    "id": "r1",
    "topic": TOPIC,
    "whole": True,
    "rate": 5000,
    "asked_by": "quan-tri",
    "reason": "mất dữ liệu",
    "asked_at": "2026-11-24T10:00:00Z",
    "started_at": "2026-11-24T10:00:01Z",
    "finished_at": "2026-11-24T10:00:09Z",
    "sent": 40,
    "cluster_id": "c",
    "topic_id": "t",
    "starts": {"0": 7, "1": 9},
}
MOVED = {"group": "console.timeline", "partition": 0, "before": None, "after": 7}


def outbox(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_resend_is_asked_of_every_publisher_and_waited_for(town: Town) -> None:
    town.answers["POST", "/outbox/resends"] = {**DONE, "finished_at": None}
    states = iter([{**DONE, "finished_at": None, "sent": 12}, DONE])
    town.answers["GET", "/outbox/resends"] = lambda _asked: {"resends": [next(states)]}

    done = outbox("resend", TOPIC, "--reason", "mất dữ liệu", "--since", "2026-11-01T00:00:00")

    assert town.told("/outbox/resends").method == "GET"
    bodies = [one.body for one in town.asked if one.method == "POST" and one.path == "/outbox/resends"]
    assert bodies == [
        {"topic": TOPIC, "reason": "mất dữ liệu", "from_id": 1, "rate": 5000, "since": "2026-11-01T00:00:00Z"}
    ]
    assert "cases: 12 published again" in done.stderr
    assert "finished: 40 events, asked by quan-tri" in done.stdout


def test_the_topic_of_commands_has_three_publishers(town: Town) -> None:
    town.answers["POST", "/outbox/resends"] = DONE

    found = json.loads(outbox("resend", "phoihop.command.v1", "--reason", "thử", "--no-wait", "--json").stdout)

    assert sorted(found) == sorted(OWNERS)


def test_a_log_is_accepted_by_each_service_that_reads_it(town: Town) -> None:
    town.answers["GET", "/outbox/resends"] = {"resends": [DONE]}
    town.answers["GET", "/log"] = {"topics": [TOPIC], "gaps": []}
    town.answers["POST", "/log/accept"] = {"moved": [MOVED]}

    done = outbox("accept", TOPIC, "--reason", "đã phát lại")

    asked = [one.body for one in town.asked if one.path == "/log/accept"]
    assert asked == [
        {"topic": TOPIC, "reason": "đã phát lại", "cluster_id": "c", "topic_id": "t", "starts": {"0": 7, "1": 9}}
    ] * len(READERS)
    assert "console.timeline 0: lost -> 7" in done.stdout


@pytest.mark.parametrize(
    "found",
    [[], [{**DONE, "whole": False}], [{**DONE, "finished_at": None}, DONE], [{**DONE, "topic": "phoihop.tip.v1"}]],
)
def test_a_log_that_was_not_published_again_whole_is_not_accepted(town: Town, found: list[dict[str, Any]]) -> None:
    town.answers["GET", "/outbox/resends"] = {"resends": found}

    done = outbox("accept", TOPIC, "--reason", "đã phát lại")

    assert (done.exit_code, [one for one in town.asked if one.path == "/log/accept"]) == (1, [])
    assert f"phoihop outbox resend {TOPIC}" in done.stderr


def test_publishers_that_met_different_topics_are_not_accepted(town: Town) -> None:
    ids = iter("abc")

    def answer(_asked: Asked) -> Any:
        return {"resends": [{**DONE, "topic": "phoihop.command.v1", "topic_id": next(ids)}]}

    town.answers["GET", "/outbox/resends"] = answer
    done = outbox("accept", "phoihop.command.v1", "--reason", "đã phát lại")

    assert (done.exit_code, "one topic for all of them" in done.stderr) == (1, True)


def test_a_topic_that_is_no_log_of_record_is_wrong_usage(town: Town) -> None:
    for words in (("resend", "to.qltt-79"), ("accept", "x"), ("resend", TOPIC, "--service", "intake")):
        done = outbox(*words, "--reason", "thử")
        assert (done.exit_code, town.asked) == (2, [])


def test_gaps_are_told_and_none_is_said(town: Town) -> None:
    town.answers["GET", "/log"] = {"topics": [TOPIC], "gaps": [{"topic": TOPIC, "partition": 1, "reason": "vì sao"}]}
    assert outbox("gaps").stdout.count(f"{TOPIC} 1: vì sao") == len(READERS)

    town.answers["GET", "/log"] = {"topics": [TOPIC], "gaps": []}
    assert outbox("gaps").stdout == "no gaps\n"
