"""Timelines on a database of their own, as the console's own role."""

from collections.abc import AsyncIterator, Sequence

import pytest

from console_board import Board, open_board
from console_house import House, open_house
from infra.stack.testing import TestDatabase


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("console",)


@pytest.fixture
async def board(database: TestDatabase) -> AsyncIterator[Board]:
    async with open_board(database) as opened:
        yield opened


@pytest.fixture
async def house(board: Board) -> AsyncIterator[House]:
    async with open_house(board) as opened:
        yield opened
