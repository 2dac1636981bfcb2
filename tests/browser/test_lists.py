"""The page of lists in a real browser: empty, filled and refused, for everyone, and whole without script."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from browsing import CHROMIUM, open_page
from console_desk import DESK, LIST, Desk, open_lists
from console_house import House

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(180)]

if CHROMIUM is None:
    pytest.skip("no chromium on this machine: install Debian's package `chromium`", allow_module_level=True)

NAME = "danh-sach-trang-web-duoc-bao-thang-11.txt"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def house(desk: Desk) -> AsyncIterator[House]:
    async with open_lists(desk) as opened:
        yield opened


@pytest.fixture
def garbled(tmp_path: Path) -> Path:
    """A list that was saved in an encoding of before Unicode."""
    path = tmp_path / "cu.txt"
    path.write_bytes(b"a.example\nc\xe0 ph\xea.example\n")
    return path


async def opened(browser: Browser, house: House, language: str, width: int, **options: Any) -> Page:
    """A page of an operator of the desk."""
    return await open_page(browser, house, DESK, "operator", language=language, width=width, **options)


async def shuts_nobody_out(page: Page, language: str) -> None:
    """No violation, nothing sideways, and said in the language that was chosen."""
    found = (await Axe().run(page)).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert await page.get_attribute("html", "lang") == language


async def refused(page: Page, house: House, file: Path) -> None:
    """The form sent with a file that cannot be read as it is said to be."""
    await page.goto(f"{house.client.base_url}/lists")
    await page.fill("#columns", "Trang web=site")
    await page.set_input_files("#file", str(file))
    await page.click("form.panel button")
    await page.wait_for_selector(".errors")


@pytest.mark.parametrize("seen", [("vi", 1280), ("en", 1280), ("vi", 390), ("en", 390)])
async def test_the_page_is_for_everyone_empty_filled_and_refused(
    browser: Browser, house: House, desk: Desk, garbled: Path, seen: tuple[str, int]
) -> None:
    language, width = seen
    page = await opened(browser, house, language, width)
    await page.goto(f"{house.client.base_url}/lists")
    await shuts_nobody_out(page, language)

    desk.name, desk.finished = NAME, True
    desk.rows = [{"number": number, "fields": {"site": site}} for number, site in ((1, "a.example"), (2, "khong"))]
    for path in ("/lists", f"/lists/{LIST}"):
        await page.goto(f"{house.client.base_url}{path}")
        assert NAME in await page.inner_text("main")
        await shuts_nobody_out(page, language)

    await refused(page, house, garbled)
    await shuts_nobody_out(page, language)


async def test_a_refused_file_is_told_with_what_to_choose_on_the_page_and_keeps_what_was_filled_in(
    browser: Browser, house: House, garbled: Path
) -> None:
    page = await opened(browser, house, "vi", 1280, java_script_enabled=False)
    await refused(page, house, garbled)

    assert (await page.title()).startswith("Lỗi:")
    assert "Dòng 2 không phải chữ UTF-8" in await page.inner_text(".errors")
    assert "ở ô Bảng mã" in await page.inner_text(".errors")
    assert await page.input_value("#columns") == "Trang web=site"
    await page.click(".errors a")
    assert page.url.endswith("#encoding")
