"""The page of a case with 2,000 events: at most 200 ms of the server and 200 KB, in every view and language.

`pytest tests/bench/console -m bench -s` prints the figures.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from builders import PERSONAL, ROUTE, example
from bus.identity import system_clock
from case_builders import numbered
from console_board import Board
from console_builders import claimed, told
from console_house import open_house
from schemas.envelope import Event
from schemas.events.case import CaseProposed, CaseSignalAdded, Origin, OriginKind
from schemas.views import View

pytestmark = [pytest.mark.bench, pytest.mark.integration, pytest.mark.timeout(300)]

CASE, EVENTS, RUNS, BATCH = numbered(1), 2_000, 9, 200
MOST_SECONDS, MOST_BYTES = 0.200, 200_000
OPEN = dict.fromkeys(("customs-79", "qltt-79", "tax-79"), View.FULL)
SENDERS = ("customs-79", "qltt-79", "tax-79", "ca-79", "bdbp-20", "customs-hq")


def events(seed: int) -> Iterator[Event[Any]]:
    """A case that grew for two months, by tips and signals of six units, with a claim in its middle."""
    chance, now = random.Random(seed), system_clock()
    minutes = sorted((chance.randrange(60 * 24 * 60) for _ in range(EVENTS - 1)), reverse=True)
    for number, ago in enumerate(minutes):
        origin = Origin(kind=chance.choice(list(OriginKind)), id=numbered(100 + number), sender=chance.choice(SENDERS))
        kind = CaseSignalAdded if number else CaseProposed
        data = example(kind, origin=origin, route=ROUTE, personal={origin.id: PERSONAL})
        yield told(data, CASE, number + 1, OPEN, acttime=now - timedelta(minutes=ago))
    yield claimed(CASE, OPEN, EVENTS)


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_page_of_two_thousand_events_is_quick_and_small(board: Board, language: str) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    grown = list(events(seed))
    for start in range(0, EVENTS, BATCH):
        await board.tell(*grown[start : start + BATCH])
    async with open_house(board) as house:
        # As the process of the console does once it is built: what it imported is walked no more.
        gc.collect()
        gc.freeze()
        for query in ("", "?view=week", "?view=month", "?view=all"):
            spent, size = [], 0
            for _ in range(RUNS):
                began = time.perf_counter()
                answer = await house.page(f"/cases/{CASE}{query}", "qltt-79", language=language)
                spent.append(time.perf_counter() - began)
                size = len(answer.content)
                assert answer.status_code == 200
            sys.stdout.write(
                f"{language} {query or 'default':12} median {statistics.median(spent) * 1000:.0f} ms, "
                f"worst {max(spent) * 1000:.0f} ms, {size / 1000:.0f} KB\n"
            )
            assert statistics.median(spent) <= MOST_SECONDS
            assert size <= MOST_BYTES
