"""A lock is of this pyproject.toml, hashed, and silent about where packages come from."""

import re
from pathlib import Path

import pytest

from rules import locks

PYPROJECT = """
[project]
requires-python = ">=3.11"
dependencies = ["orjson>=3", "rich>=15"]
[dependency-groups]
dev = ["pytest>=9"]
"""
PINNED = """# written by make lock
orjson==3.13.0 \\
    --hash=sha256:00
    # via phoihop (pyproject.toml)
rich==15.0 ; sys_platform == 'linux' \\
    --hash=sha256:01
"""


def test_a_fresh_lock_has_no_problem() -> None:
    assert locks.problems(locks.stamped(PINNED, PYPROJECT), PYPROJECT) == []


def test_stamping_twice_leaves_one_stamp() -> None:
    once = locks.stamped(PINNED, PYPROJECT)
    assert locks.stamped(once, PYPROJECT) == once


@pytest.mark.parametrize(
    "change", [('"rich>=15"', '"rich>=16"'), ('">=3.11"', '">=3.12"'), ('"pytest>=9"', '"pytest>=9", "ruff"')]
)
def test_a_changed_requirement_makes_the_lock_stale(change: tuple[str, str]) -> None:
    found = locks.problems(locks.stamped(PINNED, PYPROJECT), PYPROJECT.replace(*change))
    assert found == ["is not made from this pyproject.toml; run `make lock`"]


def test_a_change_of_anything_else_does_not() -> None:
    other = PYPROJECT + "[tool.ruff]\nline-length = 88\n"
    assert locks.problems(locks.stamped(PINNED, PYPROJECT), other) == []


def test_a_lock_without_a_stamp_is_stale() -> None:
    assert locks.problems(PINNED, PYPROJECT) == ["is not made from this pyproject.toml; run `make lock`"]


def test_a_pin_without_a_hash_is_named() -> None:
    naked = locks.stamped(PINNED + "typer==0.29\n    # via phoihop\n", PYPROJECT)
    assert locks.problems(naked, PYPROJECT) == ["pins typer==0.29 without a hash; run `make lock`"]


@pytest.mark.parametrize(
    "line", ["--index-url https://index.example/simple", "--find-links ./wheels", "# from https://index.example"]
)
def test_a_lock_that_names_an_index_is_refused(line: str) -> None:
    found = locks.problems(locks.stamped(f"{line}\n{PINNED}", PYPROJECT), PYPROJECT)
    assert found == ["names an index; a lock holds versions and hashes only"]


def test_a_desk_that_runs_another_version_than_production_is_told_which() -> None:
    assert locks.differing(PINNED, PINNED) == []
    assert locks.differing(PINNED, PINNED.replace("orjson==3.13.0", "orjson==3.12.0")) == [
        "pins orjson ['3.13.0'], development ['3.12.0']"
    ]
    assert locks.differing(PINNED, "") == [
        "pins orjson ['3.13.0'], development []",
        "pins rich ['15.0'], development []",
    ]


def test_the_locks_of_this_repository_are_fresh() -> None:
    assert locks.check() == []


def test_the_bootstrap_pins_uv_alone_with_hashes() -> None:
    pins = Path(locks.ROOT, ".ci", "uv.requirements.lock").read_text()
    assert list(locks.pins(pins)) == ["uv"]
    assert re.search(r"--hash=sha256:[0-9a-f]{64}", pins)
