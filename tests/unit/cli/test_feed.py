"""`phoihop feed read`: page after page to the end of the own unit's feed."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.feed import app
from command_builders import Asked, Town
from schemas.problems import FORBIDDEN

FEED = "/feeds/qltt-79/events"


def event(number: int) -> dict[str, Any]:
    return {
        "feednumber": number,
        "type": "vn.phoihop.case.claimed.v1",
        "time": "2026-11-23T05:00:00Z",
        "dataschema": "urn:phoihop:schema:vn.phoihop.case.claimed.v1:1.0:pointer",
        "subject": f"case-{number}",
    }


def pages(asked: Asked) -> dict[str, Any]:
    """Two events a page, five in all."""
    after = int(asked.query["after"])
    events = [event(number) for number in range(after + 1, min(after + 2, 5) + 1)]
    return {"events": events, "next": events[-1]["feednumber"] if events else after}


def read(*words: str) -> Result:
    return CliRunner().invoke(app, ["read", *words])


def test_every_page_is_read_to_the_end_of_the_own_units_feed(town: Town) -> None:
    town.answers["GET", FEED] = pages
    lines = read().stdout.splitlines()

    assert [line.split()[0] for line in lines] == ["#1", "#2", "#3", "#4", "#5"]
    assert lines[0].split()[1:] == ["2026-11-23T05:00:00Z", "case.claimed", "pointer", "case-1"]


def test_reading_goes_on_behind_a_number_and_gives_json_lines(town: Town) -> None:
    town.answers["GET", FEED] = pages
    lines = read("--after", "3", "--json").stdout.splitlines()

    assert [json.loads(line)["feednumber"] for line in lines] == [4, 5]


def test_each_page_carries_a_token_of_its_own_so_that_a_long_watch_outlives_one(town: Town) -> None:
    town.answers["GET", FEED] = pages
    read("--unit", "qltt-79")

    assert [asked.path for asked in town.asked] == ["/tokens", FEED] * 4


def test_another_units_feed_is_refused(town: Town) -> None:
    town.answers["GET", "/feeds/ca-79/events"] = Refused(FORBIDDEN.problem("Không phải.", "Not your unit's feed."))
    done = read("--unit", "ca-79")

    assert done.exit_code == 1
    assert "Not your unit's feed." in done.stderr


REPLAY = {
    "unit": "qltt-79",
    "from_number": 5,
    "to_number": 9,
    "next_number": 5,
    "rate": 100,
    "asked_by": "quan-tri",
    "reason": "mất tệp",
    "finished_at": None,
}


def test_a_replay_is_asked_for_by_number_or_by_time(town: Town) -> None:
    town.answers["POST", "/feeds/qltt-79/replays"] = REPLAY
    bounds = ("--from", "2026-11-24T08:00:00+07:00", "--to", "9")
    done = CliRunner().invoke(app, ["replay", "qltt-79", *bounds, "--reason", "mất tệp"])

    asked = town.told("/feeds/qltt-79/replays").body
    assert asked == {"from_time": "2026-11-24T08:00:00+07:00", "to_number": 9, "rate": 100, "reason": "mất tệp"}
    assert done.stdout == "qltt-79 5 to 9: at number 5, 100/s, asked by quan-tri: mất tệp\n"


def test_replays_are_listed_and_none_is_said(town: Town) -> None:
    town.answers["GET", "/feeds/qltt-79/replays"] = {"replays": [{**REPLAY, "finished_at": "2026-11-24T10:00:00Z"}]}
    assert ": finished, " in CliRunner().invoke(app, ["replays", "qltt-79"]).stdout

    town.answers["GET", "/feeds/qltt-79/replays"] = {"replays": []}
    assert CliRunner().invoke(app, ["replays", "qltt-79"]).stdout == "nothing was written again\n"


def test_a_bound_that_is_no_number_and_no_time_is_wrong_usage(town: Town) -> None:
    done = CliRunner().invoke(app, ["replay", "qltt-79", "--from", "hôm qua", "--reason", "thử"])

    assert (done.exit_code, town.asked) == (2, [])
    assert "2026-11-24T08:00:00+07:00" in done.stderr
