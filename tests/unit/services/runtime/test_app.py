"""The app behind the real server: every error is a problem, no address is kept, the process tells how it is."""

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from joserfc.jwk import OKPKey
from pydantic import BaseModel

from bus.errors import Refused, Transient
from bus.retry import passing
from runtime_builders import Clock, KnownKeys, bearer, problem, serving, signing_key, token
from schemas.problems import CLAIM_LOST, IDEMPOTENCY_IN_FLIGHT, PROBLEMS
from services.runtime.actors import Actors, CurrentActor, CurrentClaims
from services.runtime.app import App, create_app
from services.runtime.health import Health
from services.runtime.idempotency import IdempotencyKey

SENT = "Nguyễn Thị Bí Mật 0912345678"
JSON = {"Content-Type": "application/json"}


class Form(BaseModel):
    name: str
    count: int = 0


async def form(form: Form) -> dict[str, str]:
    return {"name": form.name}


async def number(number: int, after: int = 0) -> int:
    return number + after


async def fails() -> None:
    raise RuntimeError(SENT)


async def fails_midway() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"begun"
        raise RuntimeError(SENT)

    return StreamingResponse(parts())


async def refuses() -> None:
    raise Refused(CLAIM_LOST.problem("hải quan đã thụ lý", "customs claimed it"), "case.id")


async def outage() -> None:
    raise Transient(SENT)


async def in_flight() -> None:
    raise Refused(IDEMPOTENCY_IN_FLIGHT.problem())


async def database_away() -> None:
    raise asyncpg.ConnectionDoesNotExistError(SENT)


async def me(actor: CurrentActor, claims: CurrentClaims) -> dict[str, str]:
    return {"person": actor.person, "name": claims.name}


async def write(request: IdempotencyKey) -> dict[str, str]:
    return {"key": request.key, "hash": request.body_hash.hex()}


async def address(request: Request) -> dict[str, Any]:
    return {"client": request.client}


def doors() -> APIRouter:
    router = APIRouter()
    router.add_api_route("/forms", form, methods=["POST"])
    router.add_api_route("/writes", write, methods=["POST"])
    for reading in (fails, fails_midway, refuses, outage, in_flight, database_away, me, address):
        router.add_api_route(f"/{reading.__name__}", reading, methods=["GET"])
    router.add_api_route("/numbers/{number}", number, methods=["GET"])
    return router


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def key() -> OKPKey:
    return signing_key()


@pytest.fixture
def app(health: Health, key: OKPKey) -> App:
    return create_app("cases", [doors()], health=health, actors=Actors(KnownKeys(key), Clock()), passing=passing)


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx2.AsyncClient]:
    async with serving(app) as made:
        yield made


async def test_a_wrong_field_is_named_with_its_remedy_and_not_repeated(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/forms", json={"count": SENT})
    document = problem(answer, "malformed", 422)
    assert [fault["pointer"] for fault in document["errors"]] == ["#/name", "#/count"]
    assert SENT not in json.dumps(document, ensure_ascii=False)


async def test_the_title_and_detail_follow_the_readers_language(client: httpx2.AsyncClient) -> None:
    vietnamese = problem(await client.post("/forms", json={}), "malformed", 422)
    english = problem(await client.post("/forms", json={}, headers={"Accept-Language": "en"}), "malformed", 422)
    assert vietnamese["title"] == PROBLEMS["malformed"].title.vi
    assert english["title"] == PROBLEMS["malformed"].title.en
    assert (vietnamese["detail"], english["detail"]) == (english["vi"], vietnamese["en"])


@pytest.mark.parametrize("body", [b'{"name":', b"\xff\xfe", b"\x00"])
async def test_what_is_not_json_is_told_so(client: httpx2.AsyncClient, body: bytes) -> None:
    problem(await client.post("/forms", content=body, headers=JSON), "undecodable", 400)


async def test_a_path_or_query_that_does_not_fit_is_named(client: httpx2.AsyncClient) -> None:
    document = problem(await client.get("/numbers/many?after=x"), "malformed", 422)
    assert [fault.get("path") or fault.get("query") for fault in document["errors"]] == ["number", "after"]


async def test_nothing_there_and_a_wrong_method_are_problems_too(client: httpx2.AsyncClient) -> None:
    problem(await client.get("/nowhere"), "not-found", 404)
    answer = await client.put("/forms")
    problem(answer, "method-not-allowed", 405)
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_past_64_kib_is_refused_as_a_problem(client: httpx2.AsyncClient, *, chunked: bool) -> None:
    body = b'{"name":"' + b"x" * 65_536 + b'"}'

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    answer = await client.post("/forms", content=pieces() if chunked else body, headers=JSON)
    problem(answer, "oversize", 413)
    assert (await client.post("/forms", json={"name": "x" * 65_000})).status_code == 200


async def test_a_fault_of_ours_tells_the_caller_nothing_but_a_reference(client: httpx2.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = await client.get("/fails")
    document = problem(answer, "internal", 500)
    assert SENT not in answer.text
    assert "RuntimeError" not in answer.text
    (line,) = lines
    assert (line["event"], line["route"]) == ("request_failed", "/fails")
    assert document["instance"]


async def test_an_answer_that_broke_midway_is_not_passed_off_as_whole(client: httpx2.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines, pytest.raises(httpx2.RemoteProtocolError):
        await client.get("/fails_midway")
    assert [line["event"] for line in lines] == ["request_failed"]


async def test_a_refusal_names_its_field_in_both_languages(client: httpx2.AsyncClient) -> None:
    document = problem(await client.get("/refuses"), "claim-lost", 409)
    assert (document["vi"], document["en"]) == ("hải quan đã thụ lý", "customs claimed it")
    assert document["errors"][0]["pointer"] == "#/case/id"


@pytest.mark.parametrize("door", ["/outage", "/database_away"])
async def test_an_outage_says_when_to_come_again(client: httpx2.AsyncClient, door: str) -> None:
    answer = await client.get(door)
    problem(answer, "unavailable", 503)
    assert int(answer.headers["retry-after"]) > 0
    assert SENT not in answer.text


async def test_a_command_that_is_being_decided_says_when_to_ask_again(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/in_flight")
    problem(answer, "idempotency-in-flight", 409)
    assert int(answer.headers["retry-after"]) > 0


async def test_a_token_opens_the_door(client: httpx2.AsyncClient, key: OKPKey) -> None:
    answer = await client.get("/me", headers=bearer(token(key)))
    assert answer.json() == {"person": "an.nv", "name": "Nguyễn Văn An"}


@pytest.mark.parametrize("header", [None, "Bearer", "Basic YTpi", "token", "Bearer forged.to.ken"])
async def test_without_a_genuine_token_the_door_stays_shut(client: httpx2.AsyncClient, header: str | None) -> None:
    answer = await client.get("/me", headers={"Authorization": header} if header else {})
    problem(answer, "unauthenticated", 401)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "a b"}, {"Idempotency-Key": "x" * 129}])
async def test_a_write_without_a_usable_key_is_told_the_header(
    client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    document = problem(await client.post("/writes", headers=headers), "idempotency-key-missing", 400)
    assert document["errors"][0]["header"] == "Idempotency-Key"


async def test_the_same_write_has_the_same_hash_and_another_body_another(client: httpx2.AsyncClient) -> None:
    async def hashed(body: object) -> str:
        answer = await client.post("/writes", json=body, headers={"Idempotency-Key": "k-1"})
        return str(answer.json()["hash"])

    assert await hashed({"a": 1}) == await hashed({"a": 1}) != await hashed({"a": 2})


async def test_nobody_inside_learns_where_a_request_came_from(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/address", headers={"X-Forwarded-For": "203.0.113.7"})
    assert answer.json() == {"client": None}
