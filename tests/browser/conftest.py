"""One Chromium a test, for those that drive it in the test's own loop."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from browsing import CHROMIUM, FLAGS


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        opened = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        await opened.close()
