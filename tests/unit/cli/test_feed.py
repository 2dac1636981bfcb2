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
