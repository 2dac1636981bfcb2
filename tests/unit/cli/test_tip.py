"""`phoihop tip …`: the form that reaches the public door, and a receipt that reaches no address."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.tip import app
from command_builders import Town
from schemas.problems import UNKNOWN_RECEIPT, WEB_CHANNEL_OFF

RECEIPT = "0123-4567-89AB-CDEF-G"
STATUS = {"status": "received", "vi": "Đã nhận.", "en": "Received.", "since": "2026-11-23T05:00:00Z"}


@pytest.fixture(autouse=True)
def door(town: Town) -> Town:
    town.answers |= {
        ("POST", "/tips"): {"receipt": RECEIPT, "status_url": "/tips/status"},
        ("POST", "/tips/status"): STATUS,
    }
    return town


def tip(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, words, input=stdin)


def test_options_fill_the_form_and_the_receipt_is_shown_once(town: Town) -> None:
    done = tip("send", "Kho hàng giả.", "--province", "79", "--phone", "0530 900 001", "--unit", "ca-79")

    assert done.exit_code == 0
    assert done.stdout.count(RECEIPT) == 1
    assert town.told("/tips").body == {
        "content": "Kho hàng giả.",
        "facts": {"place": {"province": "79"}},
        "informant": {"phone": "0530 900 001"},
        "named_units": ["ca-79"],
    }
    assert len(town.told("/tips").headers["idempotency-key"]) == 36
    assert "authorization" not in town.told("/tips").headers


def test_the_text_comes_from_a_pipe_where_no_argument_gives_it(town: Town) -> None:
    assert tip("send", stdin="Kho hàng giả.\n").exit_code == 0
    assert town.told("/tips").body == {"content": "Kho hàng giả."}


def test_a_terminal_is_asked_for_text_place_phone_and_whether_an_official_is_named(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The runner puts a pipe in the place of stdin; what it says of itself decides whether questions are asked.
    monkeypatch.setattr("cli.tip._at_a_terminal", lambda: True)
    done = tip("send", stdin="Kho hàng giả.\n20\n\ny\n")

    assert done.exit_code == 0
    assert town.told("/tips").body == {
        "content": "Kho hàng giả.",
        "facts": {"place": {"province": "20"}},
        "names_an_official": True,
    }


def test_a_whole_form_comes_from_a_file_or_from_stdin(town: Town, tmp_path: Path) -> None:
    form = {"content": "Kho hàng giả.", "urgent": True}
    file = tmp_path / "form.json"
    file.write_text(json.dumps(form), "utf-8")

    for given in (("--file", str(file)), ("--file", "-")):
        assert tip("send", *given, "--key", "k-1", stdin=json.dumps(form)).exit_code == 0
        assert town.told("/tips").body == form
        assert town.told("/tips").headers["idempotency-key"] == "k-1"


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("send",), "", "there is no report"),
        (("send", "--file", "-"), "{", "standard input is no JSON"),
        (("send", "--file", "-"), "[]", "must hold one JSON object"),
        (("send", "--file", "none.json"), "", "none.json cannot be read"),
        (("send", "text", "--file", "-"), "{}", "leave out the text"),
        (("status",), "", "there is no receipt"),
    ],
)
def test_what_is_missing_or_unreadable_is_named(town: Town, words: tuple[str, ...], stdin: str, said: str) -> None:
    done = tip(*words, stdin=stdin)

    assert (done.exit_code, town.asked) == (2, [])
    assert said in done.stderr


def test_a_receipt_travels_in_the_body_and_never_in_an_address(town: Town) -> None:
    for words, stdin in ((("status", RECEIPT), ""), (("status",), f"{RECEIPT}\n"), (("status", "-"), f"{RECEIPT}\n")):
        done = tip(*words, stdin=stdin)
        assert done.exit_code == 0
        assert "received since 2026-11-23" in done.stdout
        assert town.told("/tips/status").body == {"receipt": RECEIPT}
    assert all(RECEIPT not in asked.path and not asked.query for asked in town.asked)


def test_json_is_one_object_on_stdout(town: Town) -> None:
    assert json.loads(tip("send", "Kho.", "--json").stdout)["receipt"] == RECEIPT
    assert json.loads(tip("status", RECEIPT, "--json").stdout) == STATUS


def test_refusals_are_told_and_exit_1(town: Town) -> None:
    town.answers |= {
        ("POST", "/tips"): Refused(WEB_CHANNEL_OFF.problem("Kênh đóng.", "The web form is closed.")),
        ("POST", "/tips/status"): Refused(UNKNOWN_RECEIPT.problem()),
    }
    closed = tip("send", "Kho.")

    assert (closed.exit_code, closed.stdout) == (1, "")
    assert "The web form is closed." in closed.stderr
    assert json.loads(tip("status", RECEIPT, "--json").stdout)["type"] == UNKNOWN_RECEIPT.uri
