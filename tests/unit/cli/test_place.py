"""`phoihop reference place` as an operator and as a script use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.place import WORDS
from cli.reference import app
from reference_builders import shipped_copy
from schemas.identifiers.address.resolution import Status


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_an_abolished_unit_is_named_with_the_unit_of_today_and_its_territory(runner: CliRunner) -> None:
    result = runner.invoke(app, ["place", "Xã Ninh Hiệp, huyện Gia Lâm, Hà Nội", "--at", "2026-11-24"])
    assert result.exit_code == 0
    assert result.stdout.startswith("converted (certain)")
    assert "00541  Xã Phù Đổng, Thành phố Hà Nội" in result.stdout
    assert "00535  Xã Ninh Hiệp, Huyện Gia Lâm, Thành phố Hà Nội" in result.stdout
    assert "qltt-01" in result.stdout


def test_the_day_decides_which_units_there_are(runner: CliRunner) -> None:
    result = runner.invoke(app, ["place", "Xã Ninh Hiệp, huyện Gia Lâm, Hà Nội", "--at", "2025-06-30", "--json"])
    told = json.loads(result.stdout)
    assert (told["status"], told["unit"]["code"], told["territory"]) == ("resolved", "00535", [])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("Thị trấn Trường Sơn, huyện An Lão, Hải Phòng", "split"),
        ("Hà Nội", "province_only"),
        ("Phường 1", "unknown_province"),
    ],
)
def test_without_exactly_one_unit_the_exit_code_is_1(runner: CliRunner, address: str, status: str) -> None:
    result = runner.invoke(app, ["place", address, "--at", "2026-11-24", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["status"] == status


def test_candidates_are_named(runner: CliRunner) -> None:
    result = runner.invoke(app, ["place", "Ba Đình, Hà Nội", "--at", "2026-11-24"])
    assert "candidate  001    Quận Ba Đình, Thành phố Hà Nội (old)" in result.stdout
    assert "candidate  00004  Phường Ba Đình, Thành phố Hà Nội (new)" in result.stdout


def test_a_day_that_is_none_is_wrong_usage(runner: CliRunner) -> None:
    result = runner.invoke(app, ["place", "Hà Nội", "--at", "2025-13-01"])
    assert result.exit_code == 2
    assert "write it like 2025-07-01" in result.output


def test_another_folder_may_be_named(runner: CliRunner, tmp_path: Path) -> None:
    result = runner.invoke(app, ["place", "Hà Nội", "--folder", str(shipped_copy(tmp_path))])
    assert result.stdout.startswith("province_only")


def test_every_status_is_said_in_both_languages() -> None:
    assert set(WORDS) == {status.value for status in Status}
    assert all(" · " in words for words in WORDS.values())
