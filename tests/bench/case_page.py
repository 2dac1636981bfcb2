"""The page of a case with 2,000 events: how long the server takes and how much it sends, by view and language."""

import gc
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from bench.figure import Asked, Figure, at_most, page_figures
from builders import PERSONAL, ROUTE, example
from bus.identity import system_clock
from case_builders import numbered
from console_board import Board
from console_builders import claimed, told
from console_house import House, open_house
from schemas.envelope import Event
from schemas.events.case import CaseProposed, CaseSignalAdded, Origin, OriginKind
from schemas.views import View

CASE, EVENTS, RUNS, BATCH = numbered(1), 2_000, 9, 200
MOST_MS, MOST_KB = 200.0, 200.0
VIEWER, LANGUAGES = "qltt-79", ("vi", "en")
OPEN = dict.fromkeys(("customs-79", VIEWER, "tax-79"), View.FULL)
SENDERS = ("customs-79", VIEWER, "tax-79", "ca-79", "bdbp-20", "customs-hq")
VIEWS = ("", "?view=week", "?view=month", "?view=all")


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


async def measure(
    board: Board, seed: int, tell: Callable[[str], object], languages: Sequence[str] = LANGUAGES
) -> list[Figure]:
    """The figures of an emptied board; `tell` hears each question's."""
    grown = list(events(seed))
    for start in range(0, EVENTS, BATCH):
        await board.tell(*grown[start : start + BATCH])
    found = []
    async with open_house(board) as house:
        # As the process of the console does once it is built: what it imported is walked no more.
        gc.collect()
        gc.freeze()
        for language in languages:
            for query in VIEWS:
                asked = await _asked(house, query, language)
                tell(f"{asked.question}: median {asked.typical:.0f} ms, worst {asked.worst:.0f} ms, {asked.size} bytes")
                found.append(asked)
    what, largest = f"case page with {EVENTS:,} events", max(found, key=lambda one: one.size)
    size = Figure(f"{what}: largest", round(largest.size / 1000, 1), "KB", at_most(MOST_KB), largest.question)
    return [*page_figures(what, found, MOST_MS), size]


async def _asked(house: House, query: str, language: str) -> Asked:
    spent, size = [], 0
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = await house.page(f"/cases/{CASE}{query}", VIEWER, language=language)
        spent.append(time.perf_counter() - began)
        size = len(answer.content)
        if answer.status_code != 200:
            message = f"{query} answers {answer.status_code}"
            raise ValueError(message)
    return Asked(f"{query or 'as it opens'} {language}", spent, size)
