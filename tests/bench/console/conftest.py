"""The console over a database of its own, for measurements."""

from collections.abc import AsyncIterator, Sequence

import pytest

from console_board import Board, open_board
from infra.stack.testing import TestDatabase


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("console",)


@pytest.fixture
async def board(database: TestDatabase) -> AsyncIterator[Board]:
    async with open_board(database) as opened:
        yield opened
