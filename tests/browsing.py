"""The browser that tests of pages use: Debian's Chromium, which downloads nothing."""

import shutil
from typing import Any

from playwright.async_api import Browser, Page

from console_house import House

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


async def open_page(
    browser: Browser,
    house: House,
    *who: str,
    language: str = "en",
    width: int = 1280,
    height: int = 900,
    **options: Any,
) -> Page:
    """A page of somebody signed in: a unit, and the roles that they have there; `options` are the browser's."""
    context = await browser.new_context(viewport={"width": width, "height": height}, **options)
    address = str(house.client.base_url)
    cookies = house.cookies(*who, language=language)
    await context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return await context.new_page()
