"""What the table of numbers of daylight is made of, in the order of its rows."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bench import case_list, case_page, crowd, imported, running
from bench.figure import Figure, Target
from bench.living import Living, living
from console_board import open_board
from infra.stack.runs import RUN, begin
from infra.stack.testing import TestDatabase, fresh_database

FAILED = Target("exactly", 0)
"""The target of a row whose measurement failed: that it does not."""
CHECKED, WARM_STARTS = 300, 3

Tell = Callable[[str], object]


@contextmanager
def _database() -> Iterator[TestDatabase]:
    """The console's tables on a stack of this run, ended with it."""
    run = begin(os.environ)
    os.environ[RUN] = str(run.folder)
    try:
        with fresh_database(run, run.up(), ("console",)) as made:
            yield made
    finally:
        del os.environ[RUN]
        run.finish()


def pages(tell: Tell, seed: int) -> list[Figure]:
    """The page of a long case, then the list of many."""
    with _database() as database:
        return asyncio.run(_pages(database, tell, seed))


async def _pages(database: TestDatabase, tell: Tell, seed: int) -> list[Figure]:
    async with open_board(database) as board:
        page = await case_page.measure(board, seed, tell)
    async with open_board(database) as board:
        await crowd.gather(board, database, case_list.CASES, seed)
        drifted = await crowd.drifted(board, CHECKED, seed)
        if drifted:
            message = f"the projection makes other rows of {drifted[:3]} than stand in the list"
            raise ValueError(message)
        return [*page, *await case_list.measure(board, tell)]


def bus(tell: Tell, _: int) -> list[Figure]:
    """Starts, the idle bus, and the published file on it."""
    with living() as home:
        return asyncio.run(_bus(home, tell))


async def _bus(home: Living, tell: Tell) -> list[Figure]:
    async with home.up() as first:
        tell(f"first start of a home: {first:.1f} s")
    warm: list[float] = []
    for _ in range(WARM_STARTS - 1):
        async with home.up() as seconds:
            warm.append(seconds)
    async with home.up() as seconds:
        warm.append(seconds)
        tell(f"later starts: {', '.join(f'{one:.1f}' for one in warm)} s")
        idle = await running.idle(home, tell)
        return [*running.started(first, warm), *idle, *await imported.measure(home, tell)]


def demo(tell: Tell, _: int) -> list[Figure]:
    """The demo in a home of its own."""
    with living() as home:
        return running.demo(home, tell)


MEASURES: Sequence[tuple[str, Callable[[Tell, int], list[Figure]]]] = (
    ("the running bus", bus),
    ("the demo", demo),
    ("the pages", pages),
)
