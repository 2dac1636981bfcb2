"""The oracle says what a person reads out of the rules: `expected.csv` was written by hand from the sheets."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest

import reference
from cli.demo.judged import OFFICES
from cli.demo.oracle import declarations
from cli.demo.oracle.expected import Expected, expect
from cli.demo.oracle.sheets import Sheets
from cli.demo.story import load

TODAY = date(2026, 11, 24)
PUBLISHED = "customs-declarations-2021Q2.csv"
ROWS = list(csv.DictReader(Path(__file__).with_name("expected.csv").read_text("utf-8").splitlines()))
SHEETS = Sheets.read(reference.folder(), OFFICES)


def found(expected: Expected, item: str, kind: str) -> set[str]:
    """The units that the oracle names for one kind about one item, a case's by any of its contributions."""
    groups = {group for group, members in expected.groups.items() if item in {member.item for member in members}}
    return {unit for unit, its_kind, about in expected.triples if its_kind == kind and about in {item, *groups}}


def of(kind: str) -> list[dict[str, str]]:
    """The rows on tips or on declarations."""
    return [row for row in ROWS if row["item"].startswith("decl:") == (kind == "declarations")]


@pytest.mark.parametrize("row", of("tips"), ids=lambda row: f"{row['item']}-{row['kind']}")
def test_a_tip_reaches_the_units_that_the_rules_name(row: dict[str, str]) -> None:
    expected = expect([tip.row for tip in load()], (), SHEETS, TODAY)

    assert found(expected, row["item"], row["kind"]) == set(row["units"].split())


def test_a_declaration_reaches_the_units_that_the_rules_name() -> None:
    folder = os.environ.get("PHOIHOP_DATA")
    if not folder or not (Path(folder) / PUBLISHED).is_file():
        pytest.skip(f"set PHOIHOP_DATA to the folder of {PUBLISHED}")
    rows = declarations.rows_of(Path(folder) / PUBLISHED)
    signals = [declarations.signal(row, SHEETS) for row in rows if declarations.is_flagged(row)]
    expected = expect((), signals, SHEETS, TODAY)

    wrong = {
        (row["item"], row["kind"]): found(expected, row["item"], row["kind"])
        for row in of("declarations")
        if found(expected, row["item"], row["kind"]) != set(row["units"].split())
    }
    assert wrong == {}
    assert len(signals) == 1_835


def test_forty_tips_and_signals_are_named_by_hand() -> None:
    assert len({row["item"] for row in ROWS}) >= 40
