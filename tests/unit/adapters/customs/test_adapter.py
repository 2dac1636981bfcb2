"""The customs adapter between a system and a broker that may fail: nothing is lost, and nothing is new twice."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import httpx2
import pytest

from adapters.customs.adapter import CustomsAdapter
from adapters.customs.standin.shelf import Shelf
from adapters.sdk.cursor import CursorFile, Position
from adapters.sdk.errors import SourceUnavailable
from adapters.sdk.sender import Sender
from bus.broker import Partition
from bus.memory import MemoryBroker
from bus.message import Message
from customs_builders import System, adapter, garbage, kept, numbered, row
from schemas.topics import Topics

UNITS = ("customs-hq", "customs-kv1", "customs-kv2")


class CrashError(Exception):
    """The process ends here."""


class Log(MemoryBroker):
    """Keeps what units send; crashes when it is told to, before or after it wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.crash_after: int | None = None
        for unit in UNITS:
            self.create_topic(f"from.{unit}", 1)

    async def publish(self, messages: Sequence[Message]) -> None:
        await super().publish(messages)
        if self.crash_after is not None:
            self.crash_after -= 1
            if self.crash_after < 0:
                raise CrashError

    def sent(self, unit: str = "customs-kv2") -> list[str]:
        """The ids of what a unit sent, in order."""
        return [json.loads(record.value)["id"] for record in self.log(Partition(f"from.{unit}", 0)).records]


@pytest.fixture
def log() -> Log:
    return Log()


async def once(system: System, log: Log, folder: Path) -> CustomsAdapter:
    """One run of the adapter from where the folder says."""
    async with system.client() as client, Sender(lambda _unit: log) as sender:
        made = adapter(client, folder, sender, Topics())
        await made.once()
        return made


def ids(rows: Sequence[dict[str, str]]) -> list[str]:
    return [f"decl-{one['Declaration ID']}" for one in rows]


async def test_every_flagged_row_becomes_one_signal_in_order(log: Log, tmp_path: Path) -> None:
    rows = numbered(10)
    rows[3] |= {"Fraud": "0", "Critical Fraud": "0"}
    made = await once(System.of(rows), log, tmp_path)
    assert log.sent() == ids([one for place, one in enumerate(rows) if place != 3])
    assert (made.tally.rows, made.tally.signals, made.tally.unflagged) == (10, 9, 1)
    assert CursorFile(tmp_path / "cursor.json").load().done == 10


async def test_a_second_run_sends_only_what_came_since(log: Log, tmp_path: Path) -> None:
    system = System.of(numbered(6))
    await once(system, log, tmp_path)
    await once(system, log, tmp_path)
    assert log.sent() == ids(numbered(6))
    system.shelf = Shelf(system.shelf.source, "", Shelf.of("test", "", numbered(9)).rows)
    await once(system, log, tmp_path)
    assert log.sent() == ids(numbered(9))


async def test_another_source_is_read_from_its_beginning(log: Log, tmp_path: Path) -> None:
    await once(System.of(numbered(6)), log, tmp_path)
    other = [row(Declaration_ID=f"9{number}") for number in range(3)]
    await once(System.of(other), log, tmp_path)
    assert log.sent() == [*ids(numbered(6)), *ids(other)]


async def test_a_source_that_changes_between_two_pages_is_read_from_its_beginning(log: Log, tmp_path: Path) -> None:
    system = System.of(numbered(8))
    other = [row(Declaration_ID=f"9{number}") for number in range(8)]

    def change(after: int, _limit: int) -> httpx2.Response | None:
        if after == 4 and system.shelf.source.startswith("test") and system.shelf.rows[0]["Declaration ID"] != "90":
            system.shelf = Shelf.of("test", "", other)
        return None

    system.spoil = change
    await once(system, log, tmp_path)
    assert log.sent() == [*ids(numbered(4)), *ids(other)]


@pytest.mark.parametrize("seed", range(20))
async def test_after_crashes_everything_has_arrived_in_order_and_only_repeated_under_its_own_id(
    log: Log, tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)
    rows, system = numbered(40), System.of(numbered(40))
    for _ in range(chance.randint(1, 6)):
        log.crash_after = chance.randrange(4)
        try:
            await once(system, log, tmp_path)
        except CrashError:
            continue
    log.crash_after = None
    await once(system, log, tmp_path)
    assert list(dict.fromkeys(log.sent())) == ids(rows)
    bodies = Counter(record.value for record in log.log(Partition("from.customs-kv2", 0)).records)
    assert len(bodies) == 40


async def test_the_position_is_kept_only_after_the_page_is_acknowledged(log: Log, tmp_path: Path) -> None:
    log.crash_after = 1
    with pytest.raises(CrashError):
        await once(System.of(numbered(12)), log, tmp_path)
    assert len(log.sent()) == 8
    assert CursorFile(tmp_path / "cursor.json").load().done == 4


async def test_a_page_of_garbage_is_kept_counted_and_stepped_around(log: Log, tmp_path: Path) -> None:
    system = System.of(numbered(10))
    system.spoil = garbage(5)
    made = await once(system, log, tmp_path)
    assert log.sent() == [one for place, one in enumerate(ids(numbered(10))) if place != 5]
    assert (made.tally.rows, made.tally.signals, made.tally.quarantined) == (10, 9, 1)
    assert {what for _, what in kept(tmp_path)} == {b"<html>\xff 502"}


async def test_a_garbled_row_is_kept_with_the_column_that_is_wrong_and_the_rest_of_its_page_goes_on(
    log: Log, tmp_path: Path
) -> None:
    system = System.of(numbered(4))
    system.shelf.rows[1]["HS6 Code"] = "??"
    made = await once(system, log, tmp_path)
    assert len(log.sent()) == 3
    ((why, what),) = kept(tmp_path)
    assert why["reason"].startswith("HS6 Code: ")
    assert json.loads(what)["Declaration ID"] == "10000001"
    assert (made.tally.rows, made.tally.quarantined) == (4, 1)


async def test_an_unknown_office_is_sent_by_the_head_office_and_counted(log: Log, tmp_path: Path) -> None:
    rows = [row(Declaration_ID="1", Office_ID="999"), row(Declaration_ID="2", Office_ID="17")]
    made = await once(System.of(rows), log, tmp_path)
    assert (log.sent("customs-hq"), log.sent("customs-kv1")) == (["decl-1"], ["decl-2"])
    assert made.tally.unknown_offices == 1
    assert made.tally.told()["by_unit"] == {"customs-hq": 1, "customs-kv1": 1}


async def test_a_system_that_is_away_leaves_the_position_as_it_was(log: Log, tmp_path: Path) -> None:
    system = System.of(numbered(8))
    system.spoil = lambda after, _limit: httpx2.Response(503) if after >= 4 else None
    with pytest.raises(SourceUnavailable):
        await once(system, log, tmp_path)
    assert CursorFile(tmp_path / "cursor.json").load() == Position(source=system.shelf.source, done=4)
    assert log.sent() == ids(numbered(4))


async def test_an_empty_source_is_exhausted_at_once(log: Log, tmp_path: Path) -> None:
    made = await once(System.of([]), log, tmp_path)
    assert (made.tally.rows, log.sent()) == (0, [])
