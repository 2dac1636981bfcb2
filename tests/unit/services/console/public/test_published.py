"""Whoever integrates finds the schema of what they read at the address that its name spells."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from runtime_builders import problem
from schemas.events.case import CaseClaimed
from schemas.messages import schema_urn
from schemas.publish import PUBLISHED, closed, every_schema, opened, view_schema
from schemas.views import View
from services.console.public import published
from services.runtime.app import create_app
from services.runtime.health import Health

CLAIMED = f"/schemas/{CaseClaimed.type_name()}/1.0"


@pytest.fixture
async def door() -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app("public", [published.router()], health=Health())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://public") as made:
        yield made


async def test_readers_get_the_open_schema_and_who_compares_the_closed_one(door: httpx2.AsyncClient) -> None:
    for view in (View.FULL, View.FIELDS):
        schema = view_schema(CaseClaimed, view)
        answer = await door.get(f"{CLAIMED}/{view.word}")
        assert answer.headers["content-type"] == "application/schema+json"
        assert answer.json() == opened(schema)
        assert answer.json()["$id"] == schema_urn(CaseClaimed, view)
        assert (await door.get(f"{CLAIMED}/{view.word}?closed")).json() == closed(schema)


async def test_every_published_schema_has_its_address(door: httpx2.AsyncClient) -> None:
    paths = [path.removesuffix(".json") for path, _ in every_schema()]
    answers = {path: (await door.get(f"/schemas/{path}")).status_code for path in paths}

    assert answers == dict.fromkeys(paths, 200)
    assert len(paths) == len(list(PUBLISHED.rglob("*.json")))


async def test_all_events_share_one_pointer(door: httpx2.AsyncClient) -> None:
    shared = await door.get("/schemas/pointer/1.0/pointer")

    assert shared.status_code == 200
    assert (await door.get(f"{CLAIMED}/pointer")).content == shared.content


async def test_a_schema_that_was_fetched_before_is_not_sent_again(door: httpx2.AsyncClient) -> None:
    first = await door.get(f"{CLAIMED}/full")
    again = await door.get(f"{CLAIMED}/full", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    other = await door.get(f"{CLAIMED}/full?closed", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == first.headers["cache-control"] == "public, max-age=3600"
    assert other.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/schemas/vn.phoihop.case.eaten.v1/1.0/full",
        f"{CLAIMED.removesuffix('1.0')}9.9/full",
        f"{CLAIMED}/none",
        "/schemas/vn.phoihop.command.case.claim.v1/1.0/pointer",
        "/schemas/..%2F..%2Fsecrets/1.0/full",
    ],
)
async def test_what_was_never_published_is_not_found_and_the_types_are_named(
    door: httpx2.AsyncClient, path: str
) -> None:
    answer = await door.get(path)
    document = problem(answer, "not-found", 404)
    assert "%2F" in path or CaseClaimed.type_name() in document["en"]
