"""Takes the pictures of the running pages that stand in docs/pictures, at the present of their story.

Usage: make pictures [ARGS=folder]. It starts a stack of its own, the console over it and
Chromium, and ends them. A picture is at most 150 KB.
"""

import asyncio
import os
import sys
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

from browsing import CHROMIUM, FLAGS, open_page
from console_board import Board, open_board
from console_house import House, open_house
from drawn_board import events
from drawn_case import CASE, NOW, VIEWER
from infra.stack.runs import RUN, begin
from infra.stack.testing import TestDatabase, fresh_database

MOST_BYTES = 150_000
FOLDER = Path(__file__).parents[2] / "docs/pictures"
SHOTS = (
    ("case", f"/cases/{CASE}", 1280, 1240),
    ("case-week", f"/cases/{CASE}?view=week", 1280, 1100),
    ("case-phone", f"/cases/{CASE}", 390, 1600),
    ("board", "/cases", 1280, 1180),
    ("board-phone", "/cases", 390, 1600),
)
"""Name, address, width and the height that is shown of each page."""
LOCALES = {"vi": "vi-VN", "en": "en-GB"}
"""How the browser itself writes days."""


@asynccontextmanager
async def staged(board: Board) -> AsyncIterator[House]:
    """The console with the cases of the pictures, at the present of their story."""
    await board.tell(*events())
    async with open_house(board, lambda: NOW) as house:
        yield house


async def shot(page: Page) -> bytes:
    """What the page shows, as WebP, which Playwright itself does not offer and takes a third of the room of PNG."""
    session = await page.context.new_cdp_session(page)
    found = await session.send("Page.captureScreenshot", {"format": "webp", "quality": 82})
    return b64decode(found["data"])


async def take(house: House, folder: Path) -> None:
    """Every picture in both languages."""
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language, locale in LOCALES.items():
            for name, address, width, height in SHOTS:
                page = await open_page(
                    browser,
                    house,
                    VIEWER,
                    language=language,
                    width=width,
                    height=height,
                    reduced_motion="reduce",
                    locale=locale,
                )
                await page.clock.set_fixed_time(NOW)
                await page.goto(f"{house.client.base_url}{address}", wait_until="load")
                await page.wait_for_selector("#live:not(.off)")
                path = folder / f"{name}.{language}.webp"
                path.write_bytes(await shot(page))
                await page.context.close()
                sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")
                if path.stat().st_size > MOST_BYTES:
                    sys.exit(f"{path} is larger than {MOST_BYTES} bytes: show less of the page")
        await browser.close()


async def taken(database: TestDatabase, folder: Path) -> None:
    """The pictures, staged on this database."""
    async with open_board(database, lambda: NOW) as board, staged(board) as house:
        await take(house, folder)


def main(folder: Path) -> None:
    """Stage the cases on a stack of this run, and take the pictures."""
    run = begin(os.environ)
    os.environ[RUN] = str(run.folder)
    try:
        with fresh_database(run, run.up(), ("console",)) as database:
            asyncio.run(taken(database, folder))
    finally:
        run.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
