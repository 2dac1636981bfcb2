"""The staff pages in a real browser over the whole bus: readable by everyone, live, and whole without script.

A case that two units of Ho Chi Minh City may claim grew from one tip.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from browsing import CHROMIUM, FLAGS
from bus_people import PASSWORD, people_of
from bus_run import Bus
from bus_settled import Settled
from walking.held import BESIDE, NAMED, Story
from walking.marks import Words

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

LANGUAGES, WIDTHS = ("vi", "en"), (1280, 390)
SERIOUS = {"serious", "critical"}
OUTSIDE = "csb-hq"

if CHROMIUM is None:
    pytest.skip("no chromium on this machine: install Debian's package `chromium`", allow_module_level=True)


@dataclass(frozen=True, slots=True)
class Town:
    """The running bus as the tests use it: a case that two units may claim, and an officer of each and of a third."""

    base: str
    case: str
    subject: str
    logins: dict[str, str]


@pytest.fixture(scope="module")
def town(running_bus: Bus) -> Iterator[Town]:
    """One claimable case, with nobody else of this run writing meanwhile."""
    with running_bus.alone():
        yield asyncio.run(told(running_bus))


async def told(bus: Bus) -> Town:
    """A tip taken down and forwarded, and the people who look at what became of it."""
    async with people_of(bus) as people:
        story = Story(people, Words(SystemRandom()), Settled(bus))
        tip = await story.take_down("pages")
        await story.forward(tip)
        officers = {unit: await people.person(unit, "officer") for unit in (NAMED, BESIDE, OUTSIDE)}
    logins = {unit: officer.login for unit, officer in officers.items()}
    return Town(bus.urls["console"], tip.case, tip.marks.words["tax_code"], logins)


@pytest.fixture(scope="module")
def browser(town: Town) -> Iterator[Browser]:
    """Debian's Chromium; it comes after the town, for it keeps an event loop of its own in this thread."""
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def signed_in(browser: Browser, town: Town, unit: str, **options: Any) -> Page:
    """A page of the unit's officer, who signed in through the form."""
    page = browser.new_context(**options).new_page()
    page.goto(f"{town.base}/sign-in")
    page.fill("#login", town.logins[unit])
    page.fill("#password", PASSWORD)
    page.click("form.panel button")
    page.wait_for_url("**/cases*")
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_shuts_anyone_out_or_scrolls_sideways(browser: Browser, town: Town, language: str, width: int) -> None:
    page = signed_in(browser, town, BESIDE, viewport={"width": width, "height": 900})
    unknown = "/cases/00000000-0000-0000-0000-000000000000"
    for path in ("/cases", f"/cases/{town.case}", unknown, "/search", "/sign-in"):
        page.goto(f"{town.base}{path}?lang={language}")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in SERIOUS] == [], path
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), path
        assert page.get_attribute("html", "lang") == language


def test_a_page_is_whole_without_script(browser: Browser, town: Town) -> None:
    page = signed_in(browser, town, BESIDE, java_script_enabled=False)
    page.goto(f"{town.base}/cases/{town.case}?lang=en")

    assert page.locator("#events li").count() == 1
    assert town.subject in page.inner_text("#facts").replace(" ", "")
    assert page.locator("#live a").count() == 1


def test_a_wrong_password_keeps_what_was_typed_and_says_so(browser: Browser, town: Town) -> None:
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{town.base}/sign-in?lang=en")
    page.fill("#login", town.logins[BESIDE])
    page.fill("#password", "not the password")
    page.click("form.panel button")

    assert page.title().startswith("Error:")
    assert page.input_value("#login") == town.logins[BESIDE]


def test_who_is_not_signed_in_comes_back_to_the_page_after_signing_in(browser: Browser, town: Town) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{town.base}/cases/{town.case}")
    assert "/sign-in" in page.url
    page.fill("#login", town.logins[BESIDE])
    page.fill("#password", PASSWORD)
    page.click("form.panel button")
    page.wait_for_url(f"**/cases/{town.case}")


def test_a_unit_that_is_not_concerned_finds_no_such_case(browser: Browser, town: Town) -> None:
    page = signed_in(browser, town, OUTSIDE)
    known = page.goto(f"{town.base}/cases/{town.case}?lang=en")
    there = page.inner_text("main")
    unknown = page.goto(f"{town.base}/cases/00000000-0000-0000-0000-000000000000?lang=en")

    assert known is not None
    assert unknown is not None
    assert (known.status, there) == (unknown.status, page.inner_text("main"))
    assert known.status == 404


def test_a_claim_of_one_officer_appears_on_the_open_page_of_another(browser: Browser, town: Town) -> None:
    police = signed_in(browser, town, BESIDE, locale="en-GB")
    market = signed_in(browser, town, NAMED, locale="en-GB")
    for page in (police, market):
        page.goto(f"{town.base}/cases/{town.case}?lang=en")
        page.wait_for_selector("#live:not(.off)")
    police.click("form[action$=claim] button")
    police.wait_for_selector(".answer.green")

    expect(market.locator("#events li")).to_have_count(2, timeout=30_000)
    assert "Hidden:" in market.inner_text("#events li >> nth=0")
    assert "leads" in market.inner_text("#side")
    assert market.locator("#side button[disabled]").count() == 1
