"""The stand-in's doors."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from adapters.customs.standin.api import create_app
from adapters.customs.standin.shelf import Shelf
from adapters.customs.standin.token import token_of
from customs_builders import TOKEN, numbered

ALLOWED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def customs() -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(Shelf.of("test", "nothing is real", numbered(5)), TOKEN)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://customs") as client:
        yield client


async def test_pages_follow_each_other_to_the_end(customs: httpx2.AsyncClient) -> None:
    found: list[str] = []
    after: object = ""
    while after is not None:
        page = (await customs.get("/declarations", params={"after": str(after), "limit": 2}, headers=ALLOWED)).json()
        found += [row["Declaration ID"] for row in page["declarations"]]
        after = page["next"]
    assert found == [row["Declaration ID"] for row in numbered(5)]
    assert (page["cursor"], page["total"], page["notice"]) == (5, 5, "nothing is real")


async def test_beyond_the_end_there_is_an_empty_page(customs: httpx2.AsyncClient) -> None:
    page = (await customs.get("/declarations?after=5", headers=ALLOWED)).json()
    assert (page["declarations"], page["cursor"], page["next"]) == ([], 5, None)


@pytest.mark.parametrize("said", [{}, {"Authorization": "Bearer guess"}, {"Authorization": "Bearer "}])
async def test_nobody_is_told_anything_without_the_token(customs: httpx2.AsyncClient, said: dict[str, str]) -> None:
    answer = await customs.get("/declarations", headers=said)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "10000000" not in answer.text


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=0", "limit=1001", "after=1&limit=x"])
async def test_a_wrong_question_is_refused(customs: httpx2.AsyncClient, query: str) -> None:
    assert (await customs.get(f"/declarations?{query}", headers=ALLOWED)).status_code == 422


async def test_health_says_what_it_holds(customs: httpx2.AsyncClient) -> None:
    said = (await customs.get("/health")).json()
    assert (said["declarations"], said["flagged"], said["notice"]) == (5, 5, "nothing is real")
    assert (await customs.get("/readyz")).status_code == (await customs.get("/healthz")).status_code == 200


def test_a_token_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "token"
    made = token_of(path)
    assert len(made) >= 43
    assert token_of(path) == made
    assert path.stat().st_mode & 0o077 == 0
