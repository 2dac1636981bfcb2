"""The public door passes on what was said and nothing about who said it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from schemas.problems import FORBIDDEN, UNAUTHENTICATED, WEB_CHANNEL_OFF
from services.console.public import api
from services.console.public.intake import Intake
from services.runtime.app import create_app
from services.runtime.clients import ServiceToken
from services.runtime.health import Health
from services.runtime.limits import Limiter
from services.runtime.problems import body_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RECEIPT = {"receipt": "3YXY-E9E6-MQWK-B9DJ-5", "status_url": "/tips/status"}


@dataclass
class Behind:
    """Intake and directory as the door sees them; `requests` is what intake got."""

    answer: httpx2.Response | Exception = field(default_factory=lambda: httpx2.Response(202, json=RECEIPT))
    requests: list[httpx2.Request] = field(default_factory=list)

    def intake(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def directory(self, request: httpx2.Request) -> httpx2.Response:
        assert request.headers["authorization"] == "Bearer the-service-key"
        return httpx2.Response(
            200, json={"token": "the-token", "expires_at": (NOW + timedelta(minutes=10)).isoformat()}
        )


def client(handler: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(handler), base_url="http://sibling")


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
async def door(behind: Behind) -> AsyncIterator[httpx2.AsyncClient]:
    limits = [Limiter(0.001, 5, lambda: 0.0) for _ in range(2)]
    app = create_app("public", [api.router("01/QĐ (hư cấu)", *limits)], health=Health(), max_body=1000)
    async with client(behind.intake) as intake, client(behind.directory) as directory:
        app.state.intake = Intake(intake, ServiceToken(directory, "the-service-key", lambda: NOW))
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://public") as made:
            yield made


async def send(door: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    return await door.post("/tips", json={"content": "x"}, headers={"Idempotency-Key": "k-1", **headers})


async def test_a_tip_is_handed_over_with_the_doors_own_token(door: httpx2.AsyncClient, behind: Behind) -> None:
    answer = await send(door, Authorization="Bearer somebody-elses")
    assert (answer.status_code, answer.json()) == (202, RECEIPT)
    (passed,) = behind.requests
    assert (passed.url.path, passed.headers["authorization"]) == ("/tips", "Bearer the-token")
    assert passed.headers["idempotency-key"] == "k-1"


async def test_nothing_that_tells_of_the_client_goes_further(door: httpx2.AsyncClient, behind: Behind) -> None:
    telling = {
        "X-Forwarded-For": "203.0.113.7",
        "Forwarded": "for=203.0.113.7",
        "Cookie": "a=b",
        "User-Agent": "Somebody/1.0",
        "Referer": "http://203.0.113.7/",
    }
    await send(door, **telling)
    (passed,) = behind.requests
    said = " ".join(passed.headers.values())
    assert not [value for value in telling.values() if value in said]


async def test_the_answer_is_not_kept_by_anyone_in_between(door: httpx2.AsyncClient) -> None:
    assert (await send(door)).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.ConnectError("down"),
        httpx2.ReadTimeout("slow"),
        httpx2.Response(401, json=body_of(UNAUTHENTICATED.problem(), None)),
        httpx2.Response(403, json=body_of(FORBIDDEN.problem(), None)),
    ],
)
async def test_a_trouble_between_the_processes_is_told_as_unavailable(
    answer: Any, door: httpx2.AsyncClient, behind: Behind
) -> None:
    behind.answer = answer
    told = await send(door)
    assert (told.status_code, told.json()["type"]) == (503, "urn:phoihop:problem:unavailable")
    assert "retry-after" in told.headers


async def test_a_closed_web_channel_is_told_as_that(door: httpx2.AsyncClient, behind: Behind) -> None:
    behind.answer = httpx2.Response(403, json=body_of(WEB_CHANNEL_OFF.problem(), None))
    told = await send(door)
    assert (told.status_code, told.json()["type"]) == (403, "urn:phoihop:problem:web-channel-off")


async def test_a_body_that_is_too_large_never_reaches_intake(door: httpx2.AsyncClient, behind: Behind) -> None:
    told = await door.post("/tips", content=b"x" * 1001, headers={"Idempotency-Key": "k-1"})
    assert (told.status_code, told.json()["type"]) == (413, "urn:phoihop:problem:oversize")
    assert behind.requests == []


async def test_past_its_limit_the_door_says_when_to_come_again(door: httpx2.AsyncClient, behind: Behind) -> None:
    told = [await door.post("/tips/status", json={"receipt": "x"}) for _ in range(6)]
    assert [answer.status_code for answer in told] == [202] * 5 + [429]
    assert int(told[-1].headers["retry-after"]) > 0
    assert len(behind.requests) == 5
    assert (await send(door)).status_code == 202


async def test_the_door_says_what_it_is_and_that_it_is_fiction(door: httpx2.AsyncClient) -> None:
    told = (await door.get("/")).json()
    assert (told["web_channel_open"], told["web_channel_decision"]) == (True, "01/QĐ (hư cấu)")
    assert "hư cấu" in told["notice"]["vi"]
    assert "fictional" in told["notice"]["en"]
