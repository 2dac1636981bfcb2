"""`phoihop case …`: what the unit may see, and a claim that somebody else won."""

import json

import pytest
from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.case import app
from command_builders import Asked, Town
from schemas.problems import CLAIM_LOST, MALFORMED

CASE = "01a20d9f-0000-7000-8000-00000000000c"
ROW = {"id": CASE, "case_no": "V-1", "state": "claimed", "lead": "qltt-79", "holder": None}


def case(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_the_list_names_state_lead_and_holder(town: Town) -> None:
    town.answers["GET", "/api/cases"] = {"cases": [ROW], "counts": {"claimed": 1}, "next": "m"}
    done = case("list", "--state", "claimed")

    assert done.stdout.splitlines()[0].split() == [CASE, "claimed", "qltt-79", "-", "V-1"]
    assert done.stdout.splitlines()[1] == "more: --after m"
    assert town.told("/api/cases").query == {"state": "claimed"}
    assert json.loads(case("list", "--json").stdout)["cases"] == [ROW]
    assert case("list", "--state", "open").exit_code == 2


def test_every_filter_of_the_board_is_asked_for_by_its_own_word(town: Town) -> None:
    town.answers["GET", "/api/cases"] = {"cases": [], "next": None}
    given = {"state": "silent", "unit": "customs", "province": "79", "stage": "nhap_khau", "since": "2026-11-24"}
    done = case("list", *(word for name, value in given.items() for word in (f"--{name}", value)))

    assert done.stdout == "no cases that this unit may see\n"
    assert town.told("/api/cases").query == given


@pytest.mark.parametrize("begun", [(), ("--after", "m0")])
def test_all_follows_the_pages_to_the_last_with_the_same_filter(town: Town, begun: tuple[str, ...]) -> None:
    following = {"": "m1", "m0": "m1", "m1": "m2", "m2": None}

    def answer(asked: Asked) -> dict[str, object]:
        after = asked.query.get("after", "")
        return {"cases": [ROW | {"case_no": f"V-{after}"}], "counts": {"claimed": 3}, "next": following[after]}

    town.answers["GET", "/api/cases"] = answer
    found = json.loads(case("list", "--all", "--province", "79", *begun, "--json").stdout)

    assert [row["case_no"] for row in found["cases"]] == [f"V-{''.join(begun[1:])}", "V-m1", "V-m2"]
    assert (found["counts"], found["next"]) == ({"claimed": 3}, None)
    assert {one.query["province"] for one in town.asked if one.path == "/api/cases"} == {"79"}
    assert len(case("list", "--all", *begun).stdout.splitlines()) == 3


def test_without_all_one_page_is_fetched(town: Town) -> None:
    town.answers["GET", "/api/cases"] = {"cases": [ROW], "next": "m"}
    case("list")

    assert len([one for one in town.asked if one.path == "/api/cases"]) == 1


def test_a_filter_that_means_nothing_is_refused_with_its_name(town: Town) -> None:
    told = MALFORMED.problem("Không có tỉnh này.", "No such province: use a two-digit code.")
    town.answers["GET", "/api/cases"] = Refused(told, "/province")
    done = case("list", "--province", "xx")

    assert done.exit_code == 1
    assert "#/province" in done.stderr
    assert "No such province" in done.stderr


def test_a_case_is_shown_with_its_timeline(town: Town) -> None:
    town.answers["GET", f"/api/cases/{CASE}"] = {**ROW, "timeline": [{"kind": "case.proposed"}]}

    assert json.loads(case("show", CASE).stdout)["timeline"] == [{"kind": "case.proposed"}]


def test_a_claim_is_one_write_and_says_the_number(town: Town) -> None:
    town.answers["POST", f"/cases/{CASE}/claim"] = {"accepted": True, "about": CASE, "result": {"case_no": "V-1"}}

    assert case("claim", CASE).stdout == "claimed V-1\n"
    assert len(town.told(f"/cases/{CASE}/claim").headers["idempotency-key"]) == 36


def test_whoever_loses_a_claim_is_told_who_won(town: Town) -> None:
    lost = CLAIM_LOST.problem("ca-79 đã thụ lý.", "ca-79 claimed it at 09:00.")
    town.answers["POST", f"/cases/{CASE}/claim"] = Refused(lost)
    done = case("claim", CASE)

    assert (done.exit_code, done.stdout) == (1, "")
    assert "ca-79 claimed it at 09:00." in done.stderr


def test_closing_carries_outcome_note_and_document(town: Town) -> None:
    town.answers["POST", f"/cases/{CASE}/close"] = {"accepted": True, "about": CASE, "result": {}}
    given = ("--outcome", "PHAT_TIEN", "--number", "9/QĐ", "--dated", "2026-11-20", "--note", "đã nộp phạt")

    assert case("close", CASE, *given).stdout == f"closed {CASE}\n"
    assert town.told(f"/cases/{CASE}/close").body == {
        "outcome": "PHAT_TIEN",
        "note": "đã nộp phạt",
        "document": {"number": "9/QĐ", "dated": "2026-11-20"},
    }
