"""The staff pages in a real browser over the whole bus: readable by everyone, live, and whole without script.

One bus serves the file. It has a case that two units of Ho Chi Minh City may claim, grown from one tip.
"""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from browsing import CHROMIUM, FLAGS
from cli.demo.stage import enrol, staged
from cli.demo.story import load
from cli.supervisor.roster import BUS
from cli.supervisor.run import running
from infra.stack.home import Home

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

LANGUAGES, WIDTHS = ("vi", "en"), (1280, 390)
SERIOUS = {"serious", "critical"}

if CHROMIUM is None:
    pytest.skip("no chromium on this machine: install Debian's package `chromium`", allow_module_level=True)


@dataclass
class Town:
    """The running bus as the tests use it."""

    base: str = ""
    password: str = ""
    case: str = ""
    failure: BaseException | None = None
    ready: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The bus with one claimable case; ended and emptied afterwards."""
    home = tmp_path_factory.mktemp("browser") / "home"
    found = Town()
    thread = threading.Thread(target=_in_loop, args=(lambda: _live(home, found), found), daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHOIHOP_HOME", str(home))
        thread.start()
        assert found.ready.wait(90)
        if found.failure is not None:
            raise found.failure
        yield found
        found.done.set()
        thread.join(60)
    command = [sys.executable, "-m", "cli", "stack", "reset", "--yes"]
    subprocess.run(command, env={**os.environ, "PHOIHOP_HOME": str(home)}, check=True, capture_output=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def signed_in(browser: Browser, town: Town, login: str, **options: Any) -> Page:
    """A page of somebody who signed in through the form."""
    page = browser.new_context(**options).new_page()
    page.goto(f"{town.base}/sign-in")
    page.fill("#login", login)
    page.fill("#password", town.password)
    page.click("form.panel button")
    page.wait_for_url("**/cases*")
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_shuts_anyone_out_or_scrolls_sideways(browser: Browser, town: Town, language: str, width: int) -> None:
    page = signed_in(browser, town, "can-bo.ca-79", viewport={"width": width, "height": 900})
    unknown = "/cases/00000000-0000-0000-0000-000000000000"
    for path in ("/cases", f"/cases/{town.case}", unknown, "/search", "/sign-in"):
        page.goto(f"{town.base}{path}?lang={language}")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in SERIOUS] == [], path
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), path
        assert page.get_attribute("html", "lang") == language


def test_a_page_is_whole_without_script(browser: Browser, town: Town) -> None:
    page = signed_in(browser, town, "can-bo.ca-79", java_script_enabled=False)
    page.goto(f"{town.base}/cases/{town.case}?lang=en")

    assert page.locator("#events li").count() == 1
    assert "0530 444 435" in page.inner_text("#facts")
    assert page.locator("#live a").count() == 1


def test_a_wrong_password_keeps_what_was_typed_and_says_so(browser: Browser, town: Town) -> None:
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{town.base}/sign-in?lang=en")
    page.fill("#login", "can-bo.ca-79")
    page.fill("#password", "not the password")
    page.click("form.panel button")

    assert page.title().startswith("Error:")
    assert page.input_value("#login") == "can-bo.ca-79"


def test_who_is_not_signed_in_comes_back_to_the_page_after_signing_in(browser: Browser, town: Town) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{town.base}/cases/{town.case}")
    assert "/sign-in" in page.url
    page.fill("#login", "can-bo.ca-79")
    page.fill("#password", town.password)
    page.click("form.panel button")
    page.wait_for_url(f"**/cases/{town.case}")


def test_a_unit_that_is_not_concerned_finds_no_such_case(browser: Browser, town: Town) -> None:
    page = signed_in(browser, town, "can-bo.csb-hq")
    known = page.goto(f"{town.base}/cases/{town.case}?lang=en")
    there = page.inner_text("main")
    unknown = page.goto(f"{town.base}/cases/00000000-0000-0000-0000-000000000000?lang=en")

    assert known is not None
    assert unknown is not None
    assert (known.status, there) == (unknown.status, page.inner_text("main"))
    assert known.status == 404


def test_a_claim_of_one_officer_appears_on_the_open_page_of_another(browser: Browser, town: Town) -> None:
    police = signed_in(browser, town, "can-bo.ca-79", locale="en-GB")
    market = signed_in(browser, town, "can-bo.qltt-79", locale="en-GB")
    for page in (police, market):
        page.goto(f"{town.base}/cases/{town.case}?lang=en")
        page.wait_for_selector("#live:not(.off)")
    police.click("form[action$=claim] button")
    police.wait_for_selector(".answer.green")

    expect(market.locator("#events li")).to_have_count(2, timeout=30_000)
    assert "Hidden:" in market.inner_text("#events li >> nth=0")
    assert "leads" in market.inner_text("#side")
    assert market.locator("#side button[disabled]").count() == 1


def _in_loop(make: Callable[[], Coroutine[Any, Any, None]], town: Town) -> None:
    try:
        asyncio.run(make())
    except BaseException as error:  # noqa: BLE001 - carried to the test that waits in the other thread
        town.failure = error
    finally:
        town.ready.set()


async def _live(home: Path, town: Town) -> None:
    async with running(list(BUS), lambda *_: None) as supervisor, staged(Home(home), supervisor.urls) as stage:
        await supervisor.ready(stage.client)
        await enrol(stage)
        tip = next(one for one in load() if one.key == "t35")
        await stage.play(
            [type(tip)({name: value for name, value in tip.row.items() if name != "race"})], lambda _: None, 0
        )
        found = await stage.cast.officer("ca-79").read("console", "/api/cases")
        while not found["cases"]:
            found = await stage.cast.officer("ca-79").read("console", "/api/cases")
        town.base, town.password, town.case = supervisor.urls["console"], stage.password, found["cases"][0]["id"]
        town.ready.set()
        await asyncio.to_thread(town.done.wait)
