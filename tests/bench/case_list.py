"""The list of 100,000 cases: every tab, with and without filters, its first page and those deep in it."""

import gc
import time
from collections.abc import Callable
from urllib.parse import urlencode

from bench.crowd import VIEWER
from bench.figure import Asked, Figure, page_figures
from bus.identity import system_clock
from case_builders import book
from console_board import Board
from console_house import House, open_house
from schemas.reference.validity import vietnam_date
from services.console.api.asking import wanted
from services.console.api.places import text_of
from services.console.handlers.listing import PAGE
from services.console.model.board import Asked as Question
from services.console.model.board import Place, Tab, silent_before
from services.console.repository import board as kept

CASES, RUNS, MOST_MS = 100_000, 3, 150.0
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"unit": "customs"},
    {"unit": "tax-79"},
    {"province": "79"},
    {"stage": "nhap_khau"},
    {"since": "2026-11-01"},
    {"province": "01", "stage": "nhap_khau", "unit": VIEWER},
)
_NOTHING = {"state": "", "unit": "", "province": "", "stage": "", "since": ""}

Tell = Callable[[str], object]


async def measure(board: Board, tell: Tell) -> list[Figure]:
    """The figures of a board that holds the crowd; `tell` hears each question's."""
    found: dict[bool, list[Asked]] = {False: [], True: []}
    async with open_house(board) as house:
        await house.page("/cases", VIEWER)
        # As the process of the console does once it is built: what it imported is walked no more.
        gc.collect()
        gc.freeze()
        for words in FILTERS:
            for tab in Tab:
                for asked in await _tab(board, house, {**words, "state": tab.value}):
                    found[bool(words)].append(asked)
                    tell(f"{asked.question}: median {asked.typical:.0f} ms, worst {asked.worst:.0f} ms")
    what = f"list of {CASES:,} cases"
    return [
        *page_figures(f"{what}, without filter", found[False], MOST_MS),
        *page_figures(f"{what}, with filters", found[True], MOST_MS),
    ]


async def _tab(board: Board, house: House, words: dict[str, str]) -> list[Asked]:
    places = await _places(board, words)
    depths: dict[str, Place | None] = {"first page": None}
    if len(places) > 2 * PAGE:
        depths |= {"half way": places[len(places) // 2], "last page": places[-PAGE - 1]}
    return [await _asked(house, words, f"{name} of {len(places):,}", place) for name, place in depths.items()]


async def _places(board: Board, words: dict[str, str]) -> list[Place]:
    """Every row of the list, to know where its deep pages begin."""
    now = system_clock()
    question: Question = wanted({**_NOTHING, **words}, book(), vietnam_date(now)).strict().asked
    async with board.units.begin() as uow:
        return await kept.page(uow.raw, VIEWER, question, silent_before(now), after=None, limit=CASES)


async def _asked(house: House, words: dict[str, str], depth: str, after: Place | None) -> Asked:
    query = urlencode({name: word for name, word in {**words, "after": text_of(after)}.items() if word})
    spent, size = [], 0
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = await house.page(f"/cases?{query}", VIEWER, language="vi")
        spent.append(time.perf_counter() - began)
        size = len(answer.content)
        if answer.status_code != 200:
            message = f"/cases?{query} answers {answer.status_code}"
            raise ValueError(message)
    named = " ".join(f"{name}={word}" for name, word in words.items() if word)
    return Asked(f"{named or 'all'}, {depth}", spent, size)
