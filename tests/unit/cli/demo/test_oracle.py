"""The oracle reads sheets and inputs by itself; where the sheets change, what it expects changes with them."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

import reference
from cli.demo.judged import OFFICES
from cli.demo.oracle import declarations
from cli.demo.oracle.expected import expect
from cli.demo.oracle.sheets import Sheets
from cli.demo.oracle.subject import subject
from cli.demo.report import faults
from demo_builders import ANOTHER, DECLARATION, SAME_IMPORTER, SHEETS, STORY, TODAY, played


def test_declarations_of_one_importer_at_one_lead_are_one_case() -> None:
    rows = (DECLARATION, SAME_IMPORTER, ANOTHER)
    expected = expect((), [declarations.signal(row, SHEETS) for row in rows], SHEETS, TODAY)

    assert sorted(len(members) for members in expected.groups.values()) == [1, 2]


def test_the_first_kind_in_the_order_of_the_design_decides_the_subject() -> None:
    given = [{"kind": "phone", "value": "0530 111 201"}, {"kind": "account", "value": "970999-01"}]

    assert subject(given) == "account:97099901"
    assert subject(given[:1]) == subject([{"kind": "phone", "value": "+84 530 111 201"}]) == "phone:0530111201"
    assert subject([{"kind": "plate", "value": "29X-000.14"}]) is None


def test_a_wrong_route_in_the_sheets_turns_a_true_run_red(tmp_path: Path) -> None:
    run = played()
    altered = Sheets.read(_with_another_lead(tmp_path, "R-LIVE-01", "customs"), OFFICES)
    signals = [declarations.signal(row, altered) for row in (DECLARATION, SAME_IMPORTER, ANOTHER)]
    wrong = expect([tip.row for tip in STORY], signals, altered, TODAY)

    assert faults(run.report()) == []
    report = replace(run, expected=wrong).report()
    assert report["missing"] > 0
    assert report["unexpected"] > 0


@pytest.mark.parametrize("named", ["qltt-79", "ca-01", "customs-kv2"])
def test_the_line_of_a_unit_is_itself_all_above_and_all_below(named: str) -> None:
    line = SHEETS.line(named, TODAY)
    parents = {row["code"]: row["parent"] for row in SHEETS.units}

    assert named in line
    assert parents[named] in line or not parents[named]
    assert "integrity-389" not in line


def _with_another_lead(folder: Path, rule: str, agency: str) -> Path:
    for sheet in reference.folder().glob("*.csv"):
        rows = list(csv.DictReader(sheet.read_text("utf-8").splitlines()))
        for row in rows:
            if row.get("id") == rule:
                row["lead"] = agency
        with (folder / sheet.name).open("w", encoding="utf-8", newline="") as copy:
            writer = csv.DictWriter(copy, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder
