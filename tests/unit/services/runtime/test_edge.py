"""What every request passes before the app: readiness, the limit of waiting requests, limits of doors and bodies."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

import httpx2
import pytest
from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from joserfc.jwk import OKPKey

from runtime_builders import Clock, KnownKeys, bearer, problem, serving, signing_key, token
from schemas.topics import Topics
from services.runtime import app as app_module
from services.runtime.actors import Actors
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.limits import Limiter, per_actor, whole_door
from services.runtime.metrics.meters import Meters


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def key() -> OKPKey:
    return signing_key()


@pytest.fixture
async def client(health: Health) -> AsyncIterator[httpx2.AsyncClient]:
    async with serving(create_app("cases", [], health=health)) as made:
        yield made


async def test_readiness_follows_the_process_and_its_checks(client: httpx2.AsyncClient, health: Health) -> None:
    async def ready() -> tuple[int, dict[str, str]]:
        answer = await client.get("/readyz")
        return answer.status_code, answer.json()["reasons"]

    assert await ready() == (503, {"process": "starting"})
    health.started.set()
    assert await ready() == (200, {})
    health.stopping.set()
    assert await ready() == (503, {"process": "stopping"})
    assert (await client.get("/healthz")).status_code == 200


async def test_a_failing_check_is_named() -> None:
    async def broken() -> str | None:
        return "no connection"

    async def fine() -> str | None:
        return None

    health = Health({"database": broken, "broker": fine})
    health.started.set()
    async with serving(create_app("cases", [], health=health)) as client:
        answer = await client.get("/readyz")
    document = problem(answer, "unavailable", 503)
    assert (document["ready"], document["reasons"]) == (False, {"database": "no connection"})
    assert "database: no connection" in document["en"]
    assert "database: no connection" in document["vi"]


async def test_a_part_that_is_slow_to_answer_does_not_delay_the_question_to_the_next() -> None:
    asked = asyncio.Barrier(2)

    async def waits_for_the_other() -> str | None:
        await asked.wait()
        return "away"

    health = Health({"database": waits_for_the_other, "broker": waits_for_the_other})
    health.started.set()
    async with asyncio.timeout(5):
        assert await health.reasons() == {"database": "away", "broker": "away"}


async def test_past_the_limit_of_waiting_requests_one_more_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch, health: Health
) -> None:
    monkeypatch.setattr(app_module, "MAX_WAITING", 2)
    inside, leave = asyncio.Semaphore(0), asyncio.Event()
    router = APIRouter()

    @router.get("/slow")
    async def slow() -> str:
        inside.release()
        await leave.wait()
        return "done"

    @router.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            await leave.wait()

        return StreamingResponse(parts())

    meters = Meters("a-token", Topics())
    async with serving(create_app("cases", [router], health=health, meters=meters)) as client:
        async with client.stream("GET", "/stream") as streaming:
            assert streaming.status_code == 200
            waiting = [asyncio.create_task(client.get("/slow")) for _ in range(2)]
            for _ in waiting:
                await inside.acquire()
            refused = await client.get("/slow")
            problem(refused, "unavailable", 503)
            assert refused.headers["retry-after"]
            told = await client.get("/metrics", headers=bearer("a-token"))
            assert "phoihop_http_waiting_requests 2.0" in told.text
            assert "phoihop_http_sheds_total 1.0" in told.text
            leave.set()
            assert [(await one).json() for one in waiting] == ["done", "done"]
        assert (await client.get("/slow")).json() == "done"


async def test_a_door_counts_each_actor_by_themselves_and_the_public_as_one(key: OKPKey, health: Health) -> None:
    router = APIRouter()
    staff = Depends(per_actor(Limiter(0.01, 1, time.monotonic)))
    public = Depends(whole_door(Limiter(0.01, 1, time.monotonic), "tips"))
    router.add_api_route("/staff", lambda: "ok", methods=["GET"], dependencies=[staff])
    router.add_api_route("/public", lambda: "ok", methods=["GET"], dependencies=[public])
    app = create_app("cases", [router], health=health, actors=Actors(KnownKeys(key), Clock()))
    async with serving(app) as client:
        one, other = bearer(token(key)), bearer(token(key, sub="binh.tt"))
        assert [(await client.get("/staff", headers=who)).status_code for who in (one, other, one)] == [200, 200, 429]
        assert (await client.get("/public")).status_code == 200
        answer = await client.get("/public", headers={"X-Forwarded-For": "203.0.113.7"})
    problem(answer, "too-many-requests", 429)
    assert int(answer.headers["retry-after"]) > 2


async def test_a_route_may_take_larger_bodies_than_the_app(health: Health) -> None:
    router = APIRouter()

    @router.post("/large", max_body_size=200_000)
    async def large(body: Annotated[dict[str, str], Depends(_json)]) -> int:
        return len(body["x"])

    async with serving(create_app("cases", [router], health=health)) as client:
        assert (await client.post("/large", json={"x": "y" * 100_000})).json() == 100_000
        problem(await client.post("/large", json={"x": "y" * 200_000}), "oversize", 413)


async def _json(request: Request) -> dict[str, str]:
    found: dict[str, str] = await request.json()
    return found
