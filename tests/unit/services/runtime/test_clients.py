"""Calls to siblings: by name, and as the process itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI, Request, Response

from bus.errors import Refused
from runtime_builders import Clock, home_with, serving
from services.runtime.clients import ServiceToken, client_of
from services.runtime.errors import UnknownService
from services.runtime.settings import Settings


class TokenDesk:
    """Directory's `/tokens` for one key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.given = 0
        self.app = FastAPI()
        self.app.add_api_route("/tokens", self._give, methods=["POST"])

    async def _give(self, request: Request) -> dict[str, str]:
        assert request.headers["authorization"] == "Bearer the-key"
        self.given += 1
        until = self._clock() + timedelta(minutes=10)
        return {"token": f"token-{self.given}", "expires_at": until.isoformat()}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> TokenDesk:
    return TokenDesk(clock)


@pytest.fixture
async def tokens(desk: TokenDesk, clock: Clock) -> AsyncIterator[ServiceToken]:
    async with serving(desk.app) as directory:
        yield ServiceToken(directory, "the-key", clock)


async def test_a_token_is_kept_until_a_minute_before_its_end(tokens: ServiceToken, clock: Clock) -> None:
    assert await tokens.current() == "token-1"
    clock.forward(minutes=8, seconds=59)
    assert await tokens.current() == "token-1"
    clock.forward(seconds=1)
    assert await tokens.current() == "token-2"


async def test_without_directory_there_is_no_token_and_the_caller_is_told_to_come_again(
    clock: Clock, unused_tcp_port: int
) -> None:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}", trust_env=False) as directory:
        with pytest.raises(Refused) as refused:
            await ServiceToken(directory, "the-key", clock).current()
    assert refused.value.problem.status == 503


async def test_a_token_that_has_not_ended_is_used_on_while_directory_is_away(desk: TokenDesk, clock: Clock) -> None:
    async with serving(desk.app) as directory:
        tokens = ServiceToken(directory, "the-key", clock)
        assert await tokens.current() == "token-1"
    async with httpx2.AsyncClient(base_url=directory.base_url, trust_env=False) as gone:
        tokens._directory = gone
        clock.forward(minutes=9, seconds=59)
        assert await tokens.current() == "token-1"
        clock.forward(seconds=1)
        with pytest.raises(Refused):
            await tokens.current()


async def test_a_key_that_directory_refuses_gives_no_token(clock: Clock) -> None:
    app = FastAPI()
    app.add_api_route("/tokens", lambda: Response(status_code=401), methods=["POST"])
    async with serving(app) as directory:
        with pytest.raises(Refused):
            await ServiceToken(directory, "the-key", clock).current()


async def test_a_client_knows_its_service_and_no_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://203.0.113.7:3128")
    app = FastAPI()
    app.add_api_route("/me", lambda: "cases", methods=["GET"])
    async with serving(app) as there:
        settings = Settings(home=home_with(tmp_path, {"cases": str(there.base_url)}))
        async with client_of(settings, "cases") as client:
            assert (await client.get("/me")).json() == "cases"
        with pytest.raises(UnknownService):
            client_of(settings, "intake")
