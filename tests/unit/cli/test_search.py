"""`phoihop search`: what was found, a mark for the next page, and words that cannot be searched for."""

import json

from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.search import app
from command_builders import Town
from services.console.api.search import FAULTS

CASE, TIP = "01a20d9f-0000-7000-8000-00000000000c", "01a20d9f-0000-7000-8000-00000000000d"
HITS = [
    {
        "type": "case",
        "id": CASE,
        "state": "claimed",
        "holder": "qltt-79",
        "lead": "ca-79",
        "case_no": "VV/2026/C0000001",
    },
    {"type": "tip", "id": TIP, "state": "forwarded", "desk": "bcd-79", "tip_no": None, "case_id": CASE},
]


def search(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_hits_are_told_a_line_each_with_the_mark_of_the_next_page(town: Town) -> None:
    town.answers["GET", "/api/search"] = {"hits": HITS, "next": "m"}
    done = search("đồng", "hồ", "--after", "k")

    assert [line.split() for line in done.stdout.splitlines()] == [
        ["case", CASE, "claimed", "qltt-79", "VV/2026/C0000001"],
        ["tip", TIP, "forwarded", "bcd-79", "-", "case", CASE],
        ["more:", "--after", "m"],
    ]
    assert town.told("/api/search").query == {"q": "đồng hồ", "after": "k"}
    assert json.loads(search("đồng", "--json").stdout) == {"hits": HITS, "next": "m"}


def test_nothing_found_is_no_failure(town: Town) -> None:
    town.answers["GET", "/api/search"] = {"hits": [], "next": None}
    done = search("0901 234 567")

    assert (done.exit_code, done.stdout) == (0, "nothing that this unit may see was found\n")


def test_words_that_cannot_be_searched_for_end_with_one_and_the_remedy(town: Town) -> None:
    town.answers["GET", "/api/search"] = Refused(FAULTS["many"], "/q")
    done = search(*["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"])

    assert (done.exit_code, done.stdout) == (1, "")
    assert "Keep the most particular ones" in done.stderr
    assert search().exit_code == 2
