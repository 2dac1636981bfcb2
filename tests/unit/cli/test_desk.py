"""`phoihop desk …`: each decision is one write under a key of its own, and the vault is opened for a reason."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.desk import app
from command_builders import Town
from schemas.problems import WRONG_STATE

TIP = "01a20d9f-0000-7000-8000-000000000001"
OTHER = "01a20d9f-0000-7000-8000-000000000002"
ROW = {"tip_id": TIP, "state": "received", "channel": "phone", "tip_no": "T-7K2M"}
DONE = {"accepted": True, "about": TIP, "result": {"state": "done"}}


def desk(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, words, input=stdin)


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("refuse", TIP, "--code", "quay_roi"), {"code": "quay_roi"}),
        (("advise", TIP, "--to", "UBND xã", "--note", "x"), {"advised_to": "UBND xã", "note": "x"}),
        (("link", TIP, "--to", OTHER), {"linked_to": OTHER}),
        (
            ("forward", TIP, "--approver", "Phó CVP", "--number", "1/PC", "--dated", "2026-11-24"),
            {"approver": "Phó CVP", "document": {"number": "1/PC", "dated": "2026-11-24", "signer": None}},
        ),
        (
            ("hold", TIP, "--unit", "qltt-79", "--unit", "ca-79", "--reason", "nêu tên"),
            {"named_units": ["qltt-79", "ca-79"], "reason": "nêu tên"},
        ),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_a_decision_is_sent_as_it_was_typed(town: Town, words: tuple[str, ...], body: object) -> None:
    town.answers["POST", f"/desk/tips/{TIP}/{words[0]}"] = DONE
    done = desk(*words)
    sent = town.told(f"/desk/tips/{TIP}/{words[0]}")

    assert done.stdout == f"done: {words[0]} (state done)\n"
    assert sent.body == body
    assert sent.headers["authorization"] == "Bearer t"
    assert len(sent.headers["idempotency-key"]) == 36


def test_the_list_shows_ids_and_how_to_see_more(town: Town) -> None:
    town.answers["GET", "/desk/tips"] = {"tips": [ROW], "next": TIP}
    done = desk("list", "--state", "received", "--after", OTHER, "--limit", "1")

    assert done.stdout.splitlines() == [f"{TIP}  received   phone      T-7K2M", f"more: --after {TIP}"]
    assert town.told("/desk/tips").query == {"state": "received", "after": OTHER, "limit": "1"}
    town.answers["GET", "/desk/tips"] = {"tips": [], "next": None}
    assert desk("list").stdout == "no tips\n"


def test_a_state_or_part_that_does_not_exist_is_wrong_usage_that_lists_those_that_do(town: Town) -> None:
    wrong = desk("list", "--state", "new")
    assert wrong.exit_code == 2
    assert "'forwarded'" in wrong.stderr
    wrong = desk("open", TIP, "--part", "all", "--purpose", "đối chiếu")
    assert wrong.exit_code == 2
    assert "'informant'" in wrong.stderr
    assert town.asked == []


def test_one_tip_and_its_route_are_shown_whole(town: Town) -> None:
    town.answers |= {
        ("GET", f"/desk/tips/{TIP}"): ROW,
        ("GET", f"/desk/tips/{TIP}/route"): {"rule": "R-INL-01", "lead": "qltt-79"},
    }
    assert json.loads(desk("show", TIP).stdout) == ROW
    assert json.loads(desk("route", TIP, "--json").stdout)["lead"] == "qltt-79"


@pytest.mark.parametrize("held", [False, True])
def test_an_entered_tip_shows_its_receipt_and_where_it_is(town: Town, tmp_path: Path, *, held: bool) -> None:
    form = {"channel": "phone", "content": "Kho."}
    town.answers["POST", "/desk/tips"] = {"receipt": "0123-4567", "tip_id": TIP, "tip_no": "T-7K2M", "held": held}
    file = tmp_path / "form.json"
    file.write_text(json.dumps(form), "utf-8")
    done = desk("enter", str(file), "--key", "k-1")

    assert done.stdout.startswith("receipt 0123-4567  (shown once")
    assert (TIP in done.stdout) is not held
    assert town.told("/desk/tips").body == form
    assert desk("enter", "-", stdin=json.dumps(form)).exit_code == 0


def test_the_vault_is_opened_with_a_purpose_in_the_token_and_in_the_request(town: Town) -> None:
    town.answers["POST", f"/vault/{TIP}/open"] = {"part": "content", "content": "Kho ở xã."}
    done = desk("open", TIP, "--purpose", "đối chiếu hồ sơ")

    assert done.stdout == "Kho ở xã.\n"
    assert town.told("/tokens").body == {"purpose": "đối chiếu hồ sơ"}
    assert town.told(f"/vault/{TIP}/open").body == {"part": "content", "purpose": "đối chiếu hồ sơ"}


def test_the_informant_is_another_part(town: Town) -> None:
    town.answers["POST", f"/vault/{TIP}/open"] = {"part": "informant", "informant": {"anonymous": True}}

    assert json.loads(desk("open", TIP, "--part", "informant", "--purpose", "gọi lại").stdout) == {"anonymous": True}


def test_opening_without_a_purpose_off_a_terminal_is_wrong_usage(town: Town) -> None:
    done = desk("open", TIP, stdin="")

    assert (done.exit_code, town.asked) == (2, [])
    assert "--purpose" in done.stderr


def test_a_refusal_is_told_and_exits_1(town: Town) -> None:
    town.answers["POST", f"/desk/tips/{TIP}/refuse"] = Refused(WRONG_STATE.problem("Đã chuyển.", "It was forwarded."))
    done = desk("refuse", TIP, "--code", "quay_roi")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "It was forwarded." in done.stderr
