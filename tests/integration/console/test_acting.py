"""Signing in and out, and claiming: in the visitor's own name, from a form of ours alone."""

import asyncio
import re
from typing import Any

import pytest

from case_builders import numbered
from console_builders import claimed, grown
from console_house import House, jar
from runtime_builders import problem
from schemas.problems import CLAIM_LOST
from schemas.views import View
from services.console.api.doors import SESSION
from services.console.sessions import form_token

pytestmark = pytest.mark.integration

CASE, TIP = numbered(1), numbered(2)
OPEN = {"customs-kv2": View.FULL, "qltt-79": View.FULL, "bcd-79": View.FIELDS}
POINTER = {"customs-kv2": View.FULL, "qltt-79": View.POINTER}


async def test_who_is_signed_out_is_asked_in_and_brought_back(house: House) -> None:
    page = await house.client.get("/cases?state=claimed")

    assert page.status_code == 303
    assert page.headers["location"].startswith("/sign-in?next=/cases%3Fstate%3Dclaimed")
    problem(await house.client.get(f"/cases/{CASE}/stream"), "unauthenticated", 401)
    problem(await house.client.get("/api/cases"), "unauthenticated", 401)


async def test_signing_in_needs_the_form_of_this_browser(house: House) -> None:
    form = (await house.client.get("/sign-in")).text
    given = re.search(r'name="form_token" value="([0-9a-f]+)"', form)
    assert given is not None
    right = {"login": "an.nv", "password": "right", "next": "//evil.example/"}

    assert (await house.client.post("/sign-in", data={**right, "form_token": "0" * 64})).status_code == 403
    wrong = await house.client.post("/sign-in", data={**right, "password": "wrong", "form_token": given[1]})
    assert (wrong.status_code, "an.nv" in wrong.text) == (401, True)
    entered = await house.client.post("/sign-in", data={**right, "form_token": given[1]})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert "httponly" in entered.headers["set-cookie"].lower()
    assert "samesite=lax" in entered.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("roles", "first"), [(("officer",), "/cases"), (("operator",), "/lists"), (("officer", "operator"), "/cases")]
)
async def test_whoever_signs_in_begins_at_a_page_that_they_may_open(
    house: House, roles: tuple[str, ...], first: str
) -> None:
    begun = await house.client.get("/", headers=jar(house.cookies("bcd-79", *roles)))
    assert (begun.status_code, begun.headers["location"]) == (303, first)
    refused = await house.client.get("/cases/x/y", headers=jar(house.cookies("bcd-79", *roles)))
    assert 'href="/"' in refused.text


async def test_an_operator_who_may_read_no_case_is_offered_none(house: House) -> None:
    page = await house.page("/cases", "bcd-79", "operator")
    assert page.status_code == 403
    assert 'href="/cases"' not in page.text


async def test_signing_out_ends_the_session_at_directory(house: House) -> None:
    cookies = house.cookies("qltt-79")
    sent = {"form_token": form_token(cookies[SESSION])}
    await house.client.post("/sign-out", data=sent, headers=jar(cookies))

    assert cookies[SESSION] not in house.siblings.people
    assert (await house.client.get("/cases", headers=jar(cookies))).status_code == 303


async def test_a_claim_without_the_token_of_the_form_reaches_nobody(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, OPEN))

    assert (await house.claim(CASE, "qltt-79", form_token="0" * 64)).status_code == 403
    assert house.siblings.claims == []


async def test_a_claim_goes_out_in_the_officers_name_once_and_its_answer_is_shown(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, OPEN))
    asking = asyncio.create_task(house.claim(CASE, "customs-kv2"))
    await house.siblings.asked.wait()
    await board.tell(claimed(CASE, OPEN))
    page = await asking

    (sent,) = house.siblings.claims
    assert sent.headers["idempotency-key"] == "k-1"
    assert sent.headers["authorization"].startswith("Bearer ")
    assert page.status_code == 200
    assert "Your unit has claimed the case." in page.text
    assert "your unit leads this case already" in page.text


async def test_who_claims_second_is_told_who_was_first(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, OPEN), claimed(CASE, POINTER))
    house.siblings.answer = CLAIM_LOST.problem("Đơn vị khác đã thụ lý.", "Another unit claimed it.")
    page = await house.claim(CASE, "qltt-79")

    assert page.status_code == 409
    assert "Your claim came second." in page.text
    assert "Regional Customs II had claimed on" in page.text


async def test_directory_being_away_is_said_with_when_to_come_again(house: House) -> None:
    house.siblings.away = True
    page = await house.page("/cases", "qltt-79", language="vi")

    assert page.status_code == 503
    assert "retry-after" in page.headers
    assert "Danh bạ chưa trả lời" in page.text
