"""The order of a line, against the same order written down in Python."""

import random
from collections.abc import Sequence

import pytest

from bus.database import Database
from bus.identity import uuid7
from bus.message import Record
from bus.parked import ParkedAt
from bus.parked_line import Line
from bus.parking import Parked, Parking

pytestmark = pytest.mark.integration


def in_order(line: Sequence[tuple[int, int | None]]) -> list[int]:
    """Offsets as they may go out: by sequence, but nothing passes a record whose sequence is not known."""
    found, run = list[int](), list[tuple[int, int]]()
    for offset, sequence in sorted(line):
        if sequence is not None:
            run.append((sequence, offset))
            continue
        found += [place for _, place in sorted(run)] + [offset]
        run = []
    return found + [place for _, place in sorted(run)]


async def test_a_line_goes_out_in_the_order_of_its_record(store: Database) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - the seed belongs in the output of a run that failed
    chance = random.Random(seed)
    for _ in range(25):
        key, length = str(uuid7()).encode(), chance.randrange(1, 16)
        sequences = [None if chance.random() < 0.2 else chance.randrange(1, 12) for _ in range(length)]
        line = list(zip(chance.sample(range(1_000), length), sequences, strict=True))
        assert await drained(store, key, line, chance.randrange(1, 6)) == in_order(line)


async def drained(store: Database, key: bytes, line: Sequence[tuple[int, int | None]], limit: int) -> list[int]:
    """The offsets in the order in which they are handed out, so many at once."""
    found: list[int] = []
    async with store.transaction() as tx:
        await Parking("g", "t").park(tx.raw, [parked(key, *one) for one in line])
        held = await Line.hold(tx.raw, ParkedAt("g", "t", 0, line[0][0]))
        assert held is not None
        while some := await held.next(tx.raw, limit):
            for one in some:
                found.append(one.record.offset)
                await held.take(tx.raw, one)
        assert await tx.raw.fetchval("select count(*) from parked_key") == 0
    return found


def parked(key: bytes, offset: int, sequence: int | None) -> Parked:
    record = Record("t", key, b"", (), partition=0, offset=offset, timestamp=0)
    return Parked(record, "handler", "x", sequence=sequence)
