"""`phoihop privacy`: shows first, erases when told to, lists what is out of reach, and gives nothing away."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.privacy import app
from command_builders import Town
from schemas.problems import FORBIDDEN, NOT_FOUND

TIP, CASE, SIGNAL, OTHER = (f"01a20d9f-0000-7000-8000-00000000000{last}" for last in "abcd")
BASIS = ("--basis", "Đơn 24/11/2026; Luật 91/2025/QH15")
SHOWN: dict[str, Any] = {
    "unit": "qltt-79",
    "view": "full",
    "numbers": [3, 4],
    "first_at": "2026-11-24T01:00:00Z",
    "last_at": "2026-11-24T02:00:00Z",
    "topic_until": "2026-12-08T02:00:00Z",
    "erased_number": None,
    "erased_event": None,
    "pulled": None,
    "pulled_at": None,
}


def held(dossier: str, kind: str = "tip", **changes: Any) -> dict[str, Any]:
    kept = [{"place": "vault.tip", "what": "content and informant"}]
    known = {"dossier": dossier, "kind": kind, "keeper": "bcd-79", "number": f"no-{dossier[-1]}", "state": "refused"}
    given = {"since": "2026-11-24T00:00:00Z", "open": False, "erased_at": None, "kept": kept, "values": None}
    return {**known, **given, **changes}


def knows(town: Town, *sheets: dict[str, Any]) -> None:
    """Both owners and notifications are one app here: what is not told of is unknown."""
    for one in (TIP, CASE, SIGNAL, OTHER):
        for path in (f"/dossiers/{one}", f"/dossiers/{one}/feeds"):
            town.answers["GET", path] = Refused(NOT_FOUND.problem())
    for sheet in sheets:
        path = f"/dossiers/{sheet['dossier']}"
        town.answers["GET", path] = sheet
        town.answers["GET", f"{path}/feeds"] = {"dossier": sheet["dossier"], "units": [SHOWN]}
        ended = {**sheet, "erased_at": "2026-11-24T03:00:00Z", "kept": []}
        town.answers["POST", f"{path}/erase"] = ended


def privacy(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def posted(town: Town) -> list[str]:
    return [one.path for one in town.asked if one.path.endswith("/erase")]


def test_without_yes_what_would_go_is_shown_and_nothing_is_erased(town: Town) -> None:
    knows(town, held(TIP))
    done = privacy("erase", "--dossier", TIP, *BASIS)

    assert (done.exit_code, posted(town)) == (0, [])
    assert "vault.tip" in done.stdout
    assert "opened copies in to.qltt-79 until 2026-12-08T02:00:00Z" in done.stdout
    assert "nothing was erased: add --yes" in done.stdout


def test_with_yes_it_is_erased_and_what_is_out_of_reach_is_listed(town: Town) -> None:
    knows(town, held(TIP))
    done = privacy("erase", "--dossier", TIP, *BASIS, "--yes")

    assert (done.exit_code, posted(town)) == (0, [f"/dossiers/{TIP}/erase"])
    assert town.told(f"/dossiers/{TIP}/erase").body == {"basis": BASIS[1]}
    assert "erased 2026-11-24T03:00:00Z" in done.stdout
    assert "the own copy of qltt-79" in done.stdout
    assert "backups" in done.stdout


def test_a_second_run_goes_on_where_the_first_one_failed(town: Town) -> None:
    knows(town, held(TIP, erased_at="2026-11-24T03:00:00Z"), held(SIGNAL, "signal"))
    privacy("erase", "--dossier", TIP, "--dossier", SIGNAL, *BASIS, "--yes")

    assert posted(town) == [f"/dossiers/{SIGNAL}/erase"]


def test_a_matter_that_is_not_finished_is_passed_over_and_stands_in_no_answer_for_the_person(town: Town) -> None:
    knows(town, held(TIP, open=True, state="forwarded"))
    unfinished = json.loads(privacy("erase", "--dossier", TIP, *BASIS, "--yes", "--json").stdout)
    knows(town)
    nothing = json.loads(privacy("erase", "--dossier", TIP, *BASIS, "--yes", "--json").stdout)

    assert posted(town) == []
    assert unfinished["answer"] == nothing["answer"]
    assert len(unfinished["dossiers"]) == 1
    assert nothing["dossiers"] == []


def test_the_answer_counts_finished_dossiers_as_if_there_were_no_others(town: Town) -> None:
    finished = held(TIP)
    knows(town, finished, held(SIGNAL, "signal", open=True))
    both = json.loads(privacy("export", "--dossier", TIP, "--dossier", SIGNAL, "--json").stdout)
    knows(town, finished)
    alone = json.loads(privacy("export", "--dossier", TIP, "--dossier", SIGNAL, "--json").stdout)

    assert both["answer"] == alone["answer"]
    assert "1 finished" in both["answer"]["en"]


def test_a_person_is_found_in_tips_in_cases_and_in_what_these_grew_from(town: Town) -> None:
    knows(town, held(TIP), held(CASE, "case"), held(SIGNAL, "signal"))
    hits = [{"type": "tip", "id": TIP}, {"type": "case", "id": CASE}]
    town.answers["GET", "/api/search"] = lambda asked: (
        {"hits": hits[1:], "next": None} if "after" in asked.query else {"hits": hits[:1], "next": "m"}
    )
    grown = [{"data": {"origin": {"kind": "signal", "id": SIGNAL}}}, {"data": {}}]
    town.answers["GET", f"/api/cases/{CASE}"] = {"timeline": grown}

    told = json.loads(privacy("export", "0901 234 567", "--json").stdout)

    assert [one["dossier"] for one in told["dossiers"]] == [TIP, CASE, SIGNAL]


def test_what_is_held_is_told_with_where_and_to_whom_it_was_shown(town: Town) -> None:
    values = {
        "identifiers": [{"kind": "phone", "value": "0901"}],
        "names": ["Bịa"],
        "address": "1 phố",
        "narrative": True,
    }
    knows(town, held(TIP, values=values))
    lines = privacy("export", "--dossier", TIP).stdout

    for part in ("vault.tip: content", "phone: 0901", "name: Bịa", "address: 1 phố", "qltt-79 (full): #3, #4"):
        assert part in lines


@pytest.mark.parametrize(
    ("read", "words"), [(None, "not read that far (#0)"), (4, "not read that far (#4)"), (5, "read past it (#5)")]
)
def test_how_far_a_unit_has_read_over_http_is_told_beside_the_number_of_the_end(
    town: Town, read: int | None, words: str
) -> None:
    knows(town, held(TIP, erased_at="2026-11-24T03:00:00Z"))
    ended = {**SHOWN, "erased_number": 5, "erased_event": "e", "pulled": read}
    town.answers["GET", f"/dossiers/{TIP}/feeds"] = {"dossier": TIP, "units": [ended]}

    done = privacy("status", TIP)

    assert "told of the end under #5" in done.stdout
    assert words in done.stdout


def test_what_is_due_is_told_a_line_each_and_nothing_is_erased(town: Town) -> None:
    row = {"dossier": TIP, "kind": "tip", "outcome": "refused", "number": "n", "ended_at": "2025-01-01", "basis": "b"}
    town.answers["GET", "/dossiers/due"] = {"today": "2026-11-24", "due": [row]}
    assert privacy("due").stdout.split() == ["tip", TIP, "n", "refused", "2025-01-01", "b"]

    town.answers["GET", "/dossiers/due"] = {"today": "2026-11-24", "due": []}
    assert privacy("due").stdout == "nothing is due\n"
    assert posted(town) == []


@pytest.mark.parametrize(
    "words",
    [
        ("export",),
        ("export", "x", "--dossier", TIP),
        ("erase", "--dossier", TIP, "--basis", "  "),
        ("erase", "--dossier", TIP),
        ("erase", "--dossier", "../people", *BASIS),
        ("status", OTHER),
    ],
)
def test_wrong_usage_ends_with_two_before_anything_is_erased(town: Town, words: tuple[str, ...]) -> None:
    knows(town)
    done = privacy(*words)

    assert (done.exit_code, posted(town)) == (2, [])
    assert done.stderr


def test_a_missing_role_is_told_and_ends_with_one(town: Town) -> None:
    knows(town)
    town.answers["GET", f"/dossiers/{TIP}"] = Refused(FORBIDDEN.problem())
    done = privacy("erase", "--dossier", TIP, *BASIS, "--yes")

    assert (done.exit_code, done.stdout) == (1, "")
