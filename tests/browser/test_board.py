"""The list of cases in a real browser: every tab for everyone, as many rows as its count says, and without script."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from browsing import CHROMIUM, open_page
from console_board import open_board
from console_house import House, open_house
from drawn_board import events
from drawn_case import NOW, VIEWER
from infra.stack.testing import TestDatabase
from services.console.model.board import Tab

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(180)]

if CHROMIUM is None:
    pytest.skip("no chromium on this machine: install Debian's package `chromium`", allow_module_level=True)


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("console",)


@pytest.fixture
async def house(database: TestDatabase) -> AsyncIterator[House]:
    async with open_board(database, lambda: NOW) as board:
        await board.tell(*events())
        async with open_house(board, lambda: NOW) as opened:
            yield opened


async def opened(browser: Browser, house: House, language: str = "en", width: int = 1280, **options: Any) -> Page:
    """A page of an officer who may see every case of the story."""
    return await open_page(browser, house, VIEWER, language=language, width=width, **options)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_every_tab_is_for_everyone_and_holds_as_many_rows_as_its_count_says(
    browser: Browser, house: House, language: str, width: int
) -> None:
    page = await opened(browser, house, language, width)
    for query in (*(f"?state={tab}" for tab in Tab), "?province=xx", "?province=01&state=closed"):
        await page.goto(f"{house.client.base_url}/cases{query}")
        found = (await Axe().run(page)).response["violations"]

        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == [], query
        assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), query
        shown = await page.locator(".queue.cases > ol > li").count()
        assert shown == int(await page.inner_text(".counts a[aria-current] b")), query
        assert shown == int(await page.inner_text(".queue.cases header .n")), query
        assert (shown > 0) == ("province=01" not in query), query


async def test_a_row_says_its_age_its_owner_and_one_next_act(browser: Browser, house: House) -> None:
    page = await opened(browser, house)
    await page.goto(f"{house.client.base_url}/cases?state=proposed")
    for place in range(await page.locator(".queue.cases > ol > li").count()):
        row = page.locator(".queue.cases > ol > li").nth(place)
        assert await row.locator(".age b").inner_text()
        assert await row.locator(".own b").inner_text()
        assert await row.locator(".act a").count() == 1


@pytest.mark.parametrize(("width", "lines"), [(1280, 1), (390, 3)])
async def test_the_filter_takes_one_line_where_there_is_room(
    browser: Browser, house: House, width: int, lines: int
) -> None:
    page = await opened(browser, house, "vi", width)
    await page.goto(f"{house.client.base_url}/cases")
    ends = (
        "[...document.querySelectorAll('.narrowing .in, .narrowing .btn')].map(e => e.getBoundingClientRect().bottom)"
    )
    assert len({round(end / 10) for end in await page.evaluate(ends)}) == lines


async def test_tabs_and_filters_need_no_script(browser: Browser, house: House) -> None:
    page = await opened(browser, house, java_script_enabled=False)
    await page.goto(f"{house.client.base_url}/cases")
    await page.select_option("#f-province", "01")
    await page.click(".narrowing button")
    assert await page.locator(".queue.cases > ol > li").count() == 1
    await page.click(".counts a >> text=closed")
    assert "province=01" in page.url
    assert await page.locator(".queue.cases > ol > li").count() == 0
