"""The page of a case with 2,000 events: at most 200 ms of the server and 200 KB, in every view and language.

`pytest tests/bench/console -m bench -s` prints the figures.
"""

import random
import sys

import pytest

from bench.case_page import measure
from console_board import Board

pytestmark = [pytest.mark.bench, pytest.mark.integration, pytest.mark.timeout(300)]


async def test_a_page_of_two_thousand_events_is_quick_and_small(board: Board) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    found = await measure(board, seed, lambda line: sys.stdout.write(f"{line}\n"))
    assert [one for one in found if not one.met] == []
