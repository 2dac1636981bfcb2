"""Which topics the gateway reads, as the units in force change."""

import asyncio
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import reference
from bus.errors import Transient
from bus_builders import Hands
from schemas.topics import Topics
from services.intake.gateway.roster import Roster, Visible


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "reference"
    shutil.copytree(reference.folder(), copied, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copied


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def roster(folder: Path, hands: Hands) -> Roster:
    return Roster(folder, Topics("x."), hands)


def end(folder: Path, unit: str, day: str, seconds: int = 5) -> None:
    """Write the unit's last day into the sheet, at a later time than it had."""
    sheet = folder / "units.csv"
    lines = sheet.read_text("utf-8").splitlines(keepends=True)
    changed = [
        line.replace("2025-07-01,,", f"2025-07-01,{day},") if line.startswith(f"{unit},") else line for line in lines
    ]
    assert changed != lines
    sheet.write_text("".join(changed), encoding="utf-8")
    later = sheet.stat().st_mtime + seconds
    os.utime(sheet, (later, later))


def test_every_unit_in_force_has_its_topic(roster: Roster, hands: Hands) -> None:
    assert len(roster.topics()) == 25
    assert "x.from.customs-kv2" in roster.topics()
    hands.now = datetime(2025, 6, 30, 16, 59, tzinfo=UTC)
    assert "x.from.customs-kv2" not in roster.topics()
    hands.now = datetime(2025, 6, 30, 17, 0, tzinfo=UTC)
    assert "x.from.customs-kv2" in roster.topics()


def test_the_sender_is_the_unit_of_the_topic(roster: Roster) -> None:
    desk, office = roster.sender("x.from.bcd-79"), roster.sender("x.from.customs-hq")
    assert (desk.unit, desk.desk) == ("bcd-79", True)
    assert (office.unit, office.desk) == ("customs-hq", False)
    assert office.integrity_units == {"integrity-389"}


@pytest.mark.parametrize("topic", ["x.to.customs-hq", "from.customs-hq", "x.phoihop.case.v1"])
def test_no_other_topic_has_a_sender(roster: Roster, topic: str) -> None:
    with pytest.raises(ValueError, match="no unit's topic"):
        roster.sender(topic)


def test_a_changed_sheet_is_taken(roster: Roster, folder: Path) -> None:
    end(folder, "customs-kv2", "2026-11-01")
    assert "x.from.customs-kv2" in roster.topics()
    roster.refresh()
    assert "x.from.customs-kv2" not in roster.topics()


def test_a_sheet_with_problems_is_not_taken(roster: Roster, folder: Path) -> None:
    end(folder, "customs-kv2", "soon")
    roster.refresh()
    assert "x.from.customs-kv2" in roster.topics()
    end(folder, "customs-kv3", "2026-11-01", seconds=10)
    roster.refresh()
    assert "x.from.customs-kv3" in roster.topics()


def seen(*topics: str) -> Visible:
    """A broker that shows these topics."""

    async def visible() -> frozenset[str]:
        return frozenset(topics)

    return visible


async def silent() -> frozenset[str]:
    raise Transient("the broker is away")


async def test_a_unit_whose_topic_is_not_made_yet_is_left_out_until_it_is(roster: Roster) -> None:
    every = roster.topics()
    assert await roster.readable(seen(*every[1:], "phoihop.case.v1"), every) == every[1:]
    assert await roster.readable(seen(*every), every[1:]) == every


async def test_while_the_broker_does_not_say_nothing_changes(roster: Roster) -> None:
    before = roster.topics()[:3]
    assert await roster.readable(silent, before) == before
    assert await roster.readable(seen(), before) == before


async def test_a_change_is_told_once(roster: Roster, hands: Hands) -> None:
    hands.now = datetime(2025, 6, 30, 16, 59, tzinfo=UTC)
    before = roster.topics()
    told: list[tuple[str, ...]] = []
    stop = asyncio.Event()

    def hear(topics: tuple[str, ...]) -> None:
        told.append(topics)
        asyncio.get_running_loop().call_later(0.02, stop.set)

    hands.now = datetime(2025, 7, 1, tzinfo=UTC)
    await roster.follow(before, hear, stop, visible=seen(*roster.topics()), every=0.001)
    assert told == [roster.topics()]
    assert told != [before]
