"""`phoihop case …`: what the unit may see, and a claim that somebody else won."""

import json

from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.case import app
from command_builders import Town
from schemas.problems import CLAIM_LOST

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
