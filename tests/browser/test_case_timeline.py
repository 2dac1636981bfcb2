"""The drawn timeline in a real browser: for everyone, without script, and kept up to date under the reader's eyes."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from browsing import CHROMIUM, open_page
from console_board import Board, open_board
from console_house import House, open_house
from drawn_case import CASE, NOW, VIEWER, another, events
from infra.stack.testing import TestDatabase

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(180)]

if CHROMIUM is None:
    pytest.skip("no chromium on this machine: install Debian's package `chromium`", allow_module_level=True)

DRAWN = "[...document.querySelectorAll('#drawing [data-n]')].reduce((sum, one) => sum + Number(one.dataset.n), 0)"
TOUCHING = """() => {
  const boxes = [...document.querySelectorAll('#drawing .lb')].map((one) => one.getBoundingClientRect());
  return boxes.filter((one, place) => boxes.some((other, at) => at > place && one.left < other.right
    && other.left < one.right && one.top + 3 < other.bottom && other.top + 3 < one.bottom)).length;
}"""


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("console",)


@pytest.fixture
async def board(database: TestDatabase) -> AsyncIterator[Board]:
    async with open_board(database) as opened:
        await opened.tell(*events())
        yield opened


@pytest.fixture
async def house(board: Board) -> AsyncIterator[House]:
    async with open_house(board, lambda: NOW) as opened:
        yield opened


async def opened(browser: Browser, house: House, language: str = "en", width: int = 1280, **options: Any) -> Page:
    """A page of an officer of the unit that leads the case."""
    return await open_page(browser, house, VIEWER, language=language, width=width, **options)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_every_view_is_for_everyone(browser: Browser, house: House, language: str, width: int) -> None:
    page = await opened(browser, house, language, width)
    for query in ("", "?view=week", "?view=month", "?view=all", "?view=week&from=2026-10-26"):
        await page.goto(f"{house.client.base_url}/cases/{CASE}{query}")
        found = (await Axe().run(page)).response["violations"]

        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == [], query
        assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), query
        assert await page.locator("#drawing svg").is_visible() == (width > 760)
        assert await page.locator("#events li").count() == await page.evaluate(DRAWN)
        assert await page.evaluate(TOUCHING) == 0


async def test_the_windows_are_links_that_need_no_script(browser: Browser, house: House) -> None:
    page = await opened(browser, house, java_script_enabled=False)
    await page.goto(f"{house.client.base_url}/cases/{CASE}")
    everything = await page.locator("#events li").count()
    await page.click(".seg a >> text=Week")
    this_week = await page.locator("#events li").count()
    await page.click("text=Earlier days")

    assert everything == len(events())
    assert 0 < this_week < everything
    assert "from=2026-11-02" in page.url
    assert await page.locator(".seg a[aria-current]").inner_text() == "Week"
    await page.click("#pager a[rel=next]")
    assert "view=all" in page.url


async def test_news_are_drawn_where_the_reader_is_and_move_neither_text_nor_focus(
    browser: Browser, house: House, board: Board
) -> None:
    page = await opened(browser, house)
    await page.goto(f"{house.client.base_url}/cases/{CASE}")
    await page.wait_for_selector("#live:not(.off)")
    drawn = await page.evaluate(DRAWN)
    await page.focus(".seg a[aria-current]")
    await page.evaluate("document.querySelectorAll('#events li')[6].scrollIntoView()")
    read = page.locator("#events li").nth(6)
    name, before = await read.get_attribute("id"), await read.bounding_box()
    await board.tell(another(30, "23/11 12:40"), another(31, "23/11 13:20"))

    await expect(page.locator("#events li")).to_have_count(len(events()) + 2)
    after = await page.locator(f"[id='{name}']").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) <= 1
    assert await page.evaluate(DRAWN) == drawn + 2
    assert await page.evaluate("document.activeElement.textContent") == "Month"
    assert await page.locator("[data-live-count]").inner_text() == str(len(events()) + 2)
