"""Directory's keys over real HTTP: fetched once, looked up again for an unknown id, but not at a forger's pace."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from bus.errors import Refused
from runtime_builders import Clock, serving, signing_key
from services.runtime.jwks import REFETCH_AFTER, Jwks


class KeyServer:
    """What directory does at `/jwks.json`, counting how often it is asked."""

    def __init__(self, *keys: OKPKey) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.app = FastAPI()
        self.app.add_api_route("/jwks.json", self._answer, methods=["GET"])

    async def _answer(self) -> object:
        self.asked += 1
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


@pytest.fixture
def first() -> OKPKey:
    return signing_key()


@pytest.fixture
def server(first: OKPKey) -> KeyServer:
    return KeyServer(first)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def jwks(server: KeyServer, clock: Clock) -> AsyncIterator[Jwks]:
    async with serving(server.app) as client:
        yield Jwks(client, clock)


async def test_a_known_key_is_fetched_once(jwks: Jwks, server: KeyServer, first: OKPKey, clock: Clock) -> None:
    for _ in range(3):
        found = await jwks.find(str(first.kid))
        assert found is not None
        assert found.as_dict(private=False)["x"] == first.as_dict(private=False)["x"]
        clock.forward(hours=1)
    assert server.asked == 1


async def test_many_callers_at_once_cost_one_request(jwks: Jwks, server: KeyServer, first: OKPKey) -> None:
    found = await asyncio.gather(*(jwks.find(str(first.kid)) for _ in range(20)))
    assert None not in found
    assert server.asked == 1


async def test_a_new_key_is_found_by_looking_again(jwks: Jwks, server: KeyServer, first: OKPKey, clock: Clock) -> None:
    await jwks.find(str(first.kid))
    second = signing_key()
    server.keys = [second, first]
    clock.now += REFETCH_AFTER
    assert await jwks.find(str(second.kid)) is not None
    assert server.asked == 2


async def test_forged_ids_do_not_make_directory_answer_each_time(
    jwks: Jwks, server: KeyServer, first: OKPKey, clock: Clock
) -> None:
    await jwks.find(str(first.kid))
    for number in range(50):
        assert await jwks.find(f"forged-{number}") is None
    assert server.asked == 1
    clock.now += REFETCH_AFTER
    for number in range(50):
        assert await jwks.find(f"forged-{number}") is None
    assert server.asked == 2


async def test_a_key_that_directory_withdrew_is_gone_at_the_next_look(
    jwks: Jwks, server: KeyServer, first: OKPKey, clock: Clock
) -> None:
    await jwks.find(str(first.kid))
    server.keys = [signing_key()]
    clock.now += REFETCH_AFTER
    await jwks.find("another")
    assert await jwks.find(str(first.kid)) is None


async def test_without_directory_the_door_says_that_it_cannot_check(clock: Clock, unused_tcp_port: int) -> None:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}", trust_env=False) as client:
        jwks = Jwks(client, clock)
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                await jwks.find("any")
            assert refused.value.problem.status == 503


@pytest.mark.parametrize("answer", [{}, {"keys": "x"}, {"keys": [1]}, [], {"keys": [{"crv": "Ed25519"}]}])
async def test_an_answer_that_holds_no_keys_is_as_good_as_none(answer: object, clock: Clock) -> None:
    app = FastAPI()
    app.add_api_route("/jwks.json", lambda: answer, methods=["GET"])
    async with serving(app) as client:
        with pytest.raises(Refused) as refused:
            await Jwks(client, clock).find("any")
    assert refused.value.problem.status == 503
