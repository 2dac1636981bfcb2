"""`phoihop projection …`: what is asked of the console, and what it says in words."""

from typing import Any

from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.projection import app
from command_builders import Town
from schemas.problems import WRONG_STATE

LAST: dict[str, Any] = {"projection": "timeline", "state": "building", "asked_by": "quan-tri", "reason": "bảng hỏng"}


def projection(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_rebuild_says_why_and_a_switch_and_a_rollback_name_what_they_change(town: Town) -> None:
    for act, state in (("rebuild", "building"), ("switch", "switched"), ("rollback", "rolled_back")):
        town.answers["POST", f"/projections/timeline/{act}"] = {**LAST, "state": state}
        reason = ("--reason", "bảng hỏng") if act == "rebuild" else ()
        assert projection(act, "timeline", *reason).stdout == f"timeline: {state}\n"

    assert town.told("/projections/timeline/rebuild").body == {"reason": "bảng hỏng"}


def test_the_status_says_how_far_and_whether_both_are_equal(town: Town) -> None:
    rows = [
        {"projection": "timeline", "rebuild": LAST, "percent": 42, "equal": None},
        {"projection": "timeline", "rebuild": LAST, "percent": 100, "equal": False},
        {"projection": "search", "rebuild": {**LAST, "state": "switched"}, "percent": 100, "equal": None},
        {"projection": "search", "rebuild": None, "percent": 100, "equal": None},
    ]
    town.answers["GET", "/projections"] = {"projections": rows}

    lines = projection("status").stdout.splitlines()

    assert "building, 42 % read, not at the same place yet" in lines[0]
    assert "NOT equal" in lines[1]
    assert lines[2].endswith("switched, asked by quan-tri: bảng hỏng")
    assert lines[3].endswith("never rebuilt")


def test_a_switch_before_its_time_is_refused_with_what_to_do(town: Town) -> None:
    town.answers["POST", "/projections/search/switch"] = Refused(WRONG_STATE.problem("Chưa theo kịp.", "Not yet."))

    done = projection("switch", "search")

    assert (done.exit_code, "Not yet." in done.stderr or "Chưa theo kịp." in done.stderr) == (1, True)
