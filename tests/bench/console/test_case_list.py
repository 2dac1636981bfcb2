"""The list of 100,000 cases: at most 150 ms a page in every tab, whatever the filter and however deep.

`pytest tests/bench/console/test_case_list.py -m bench -s` prints the figures.
"""

import random
import sys
from typing import Any

import pytest

from bench import crowd
from bench.case_list import CASES, measure
from console_board import Board

pytestmark = [pytest.mark.bench, pytest.mark.integration, pytest.mark.timeout(900)]
CHECKED = 300


async def test_a_page_of_a_hundred_thousand_cases_is_quick_in_every_tab(board: Board, database: Any) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    await crowd.gather(board, database, CASES, seed)
    assert await crowd.drifted(board, CHECKED, seed) == []

    found = await measure(board, lambda line: sys.stdout.write(f"{line}\n"))
    assert (await board.reader.cases(crowd.VIEWER)).overview.total == CASES
    sys.stdout.write("".join(f"{one}\n" for one in found))
    assert [one for one in found if not one.met] == []
