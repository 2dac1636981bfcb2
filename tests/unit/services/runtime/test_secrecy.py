"""No HTTP door takes content that bears a secrecy level, wherever the mark stands and however it is asked for."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict

from runtime_builders import problem, serving
from services.runtime.app import create_app
from services.runtime.health import Health

JSON = {"Content-Type": "application/json"}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    content: str


class Lenient(BaseModel):
    content: str
    facts: dict[str, Any] = {}


async def strict(form: Strict) -> str:
    return form.content


async def lenient(form: Lenient) -> str:
    return form.content


async def typed(content: Annotated[str, Form()]) -> str:
    return content


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    router = APIRouter()
    for door in (strict, lenient, typed):
        router.add_api_route(f"/{door.__name__}", door, methods=["POST"])
    async with serving(create_app("intake", [router], health=Health())) as made:
        yield made


@pytest.mark.parametrize("door", ["strict", "lenient"])
@pytest.mark.parametrize(
    "body",
    [
        {"content": "x", "secrecy": "mat"},
        {"content": "x", "facts": {"place": [{"secrecy": "tuyet_mat"}]}},
        {"content": "x", "secrecy": "a level that nobody knows"},
        [{"secrecy": "toi_mat"}],
    ],
)
async def test_marked_content_is_refused_as_a_state_secret(client: httpx2.AsyncClient, door: str, body: object) -> None:
    document = problem(await client.post(f"/{door}", json=body), "state-secret", 422)
    assert document["errors"][0]["pointer"] == "#/secrecy"


async def test_a_mark_in_the_header_of_a_binary_event_counts(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/lenient", json={"content": "x"}, headers={"ce-secrecy": "mat"})
    assert problem(answer, "state-secret", 422)["errors"][0]["header"] == "Ce-Secrecy"


@pytest.mark.parametrize("body", [{"content": "secrecy"}, {"content": "x", "secrecy": None, "facts": {"a": [1]}}])
async def test_content_without_a_mark_goes_on(client: httpx2.AsyncClient, body: dict[str, Any]) -> None:
    assert (await client.post("/lenient", json=body)).status_code == 200


async def test_what_cannot_be_read_is_still_told_by_the_door(client: httpx2.AsyncClient) -> None:
    problem(await client.post("/lenient", content=b'{"secrecy":', headers=JSON), "undecodable", 400)
    assert (await client.post("/typed", data={"content": "x"})).json() == "x"
