"""Rows that are right each for itself and wrong together."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reference_builders import shipped_copy, with_cells, with_row, without_rows
from schemas.reference.book import examine

Change = Callable[[Path], object]

CONTRADICTIONS: dict[str, tuple[Change, str, str, str]] = {
    "a code holds twice on one day": (
        lambda folder: with_row(folder, "units", "qltt-79", territory="80", valid_from="2026-01-01"),
        "units.csv",
        "valid_from",
        "qltt-79 also holds on line",
    ),
    "an agency is unknown": (
        lambda folder: with_cells(folder, "units", "csb-hq", agency="navy"),
        "units.csv",
        "agency",
        "navy is not in agencies.csv",
    ),
    "a parent is unknown": (
        lambda folder: with_cells(folder, "units", "qltt-79", parent="sct-79"),
        "units.csv",
        "parent",
        "sct-79 is not in units.csv",
    ),
    "a parent ends before its unit": (
        lambda folder: with_cells(folder, "units", "customs-hq", valid_to="2026-03-01"),
        "units.csv",
        "parent",
        "customs-hq is not in force on 2026-03-01",
    ),
    "a province is unknown": (
        lambda folder: with_cells(folder, "units", "qltt-79", territory="79 77"),
        "units.csv",
        "territory",
        "77 is not in provinces.csv",
    ),
    "a territory begins before its province": (
        lambda folder: with_cells(folder, "units", "qltt-79", valid_from="2025-04-01"),
        "units.csv",
        "territory",
        "79 is not in force on 2025-04-01",
    ),
    "a command goes in a circle": (
        lambda folder: with_cells(folder, "units", "bcd-79", parent="qltt-79"),
        "units.csv",
        "parent",
        "qltt-79 stands in its own line of command",
    ),
    "two units of an agency hold one province": (
        lambda folder: with_cells(folder, "units", "customs-kv6", territory="04 20 79"),
        "units.csv",
        "territory",
        "customs-kv2 holds province 79 for customs too",
    ),
    "an agency has two central units": (
        lambda folder: with_cells(folder, "units", "tax-ecom", central="yes", territory="*"),
        "units.csv",
        "central",
        "tax-hq is the central unit of tax too",
    ),
    "a central unit has a territory of its own": (
        lambda folder: with_cells(folder, "units", "idea-hq", territory="01"),
        "units.csv",
        "territory",
        "a central unit has the territory *",
    ),
    "the integrity unit has a superior": (
        lambda folder: with_cells(folder, "units", "integrity-389", parent="vptt-389"),
        "units.csv",
        "integrity",
        "an integrity unit stands outside every line of command",
    ),
    "the integrity unit commands a unit": (
        lambda folder: with_cells(folder, "units", "bcd-79", parent="integrity-389"),
        "units.csv",
        "integrity",
        "an integrity unit stands outside every line of command",
    ),
    "nobody handles tips about officers": (
        lambda folder: without_rows(folder, "units", "integrity-389"),
        "units.csv",
        "integrity",
        "no unit is flagged integrity",
    ),
    "a desk has no hotline": (
        lambda folder: without_rows(folder, "hotlines", "bcd-20"),
        "units.csv",
        "desk",
        "the desk bcd-20 has no hotline on 2025-07-01",
    ),
    "a hotline belongs to nobody": (
        lambda folder: with_cells(folder, "hotlines", "bcd-20", unit="bcd-22"),
        "hotlines.csv",
        "unit",
        "bcd-22 is not in units.csv",
    ),
    "two rules may fit one act with equal rank": (
        lambda folder: with_cells(folder, "routing", "R-CRI-226", priority="80"),
        "routing.csv",
        "priority",
        "an act may fit R-CRI-226 and R-CRI-192",
    ),
    "a rule names an offence that does not exist": (
        lambda folder: with_cells(folder, "routing", "R-CRI-226", typology="SHTT"),
        "routing.csv",
        "typology",
        "SHTT is not in typology.csv",
    ),
    "a rule routes tips about officers": (
        lambda folder: with_cells(folder, "routing", "R-CRI-226", typology="SHCN BK"),
        "routing.csv",
        "typology",
        "BK goes the integrity route",
    ),
    "a rule invites the agency that leads": (
        lambda folder: with_cells(folder, "routing", "R-CRI-226", co="market_surveillance police"),
        "routing.csv",
        "co",
        "police leads and is invited too",
    ),
    "a rule names an agency without a central unit": (
        lambda folder: without_rows(folder, "units", "csb-hq"),
        "routing.csv",
        "lead",
        "coast_guard has no central unit on 2025-03-01",
    ),
    "an act may fit no rule": (
        lambda folder: with_cells(folder, "routing", "R-ANY-00", valid_to="2026-01-01"),
        "routing.csv",
        "valid_from",
        "no rule without conditions holds on 2026-01-01",
    ),
}


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
def test_it_is_found_where(tmp_path: Path, contradiction: str) -> None:
    change, file, column, message = CONTRADICTIONS[contradiction]
    folder = shipped_copy(tmp_path)
    change(folder)
    _, problems = examine(folder)
    found = [problem for problem in problems if (problem.file, problem.column) == (file, column)]
    assert any(problem.message.startswith(message) for problem in found), [str(problem) for problem in problems]
    assert all(problem.remedy for problem in problems)


def test_a_row_may_follow_another_of_its_code_on_the_day_that_one_ends(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    with_cells(folder, "units", "tax-79", valid_to="2026-01-01")
    with_row(folder, "units", "tax-79", valid_from="2026-01-01", valid_to="", name_en="HCMC Tax")
    _, problems = examine(folder)
    assert problems == ()


def test_rules_of_equal_rank_are_kept_apart_by_place_or_finder(tmp_path: Path) -> None:
    folder = shipped_copy(tmp_path)
    with_cells(folder, "routing", "R-SEA-01", priority="72")
    _, problems = examine(folder)
    assert problems == ()
