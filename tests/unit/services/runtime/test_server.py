"""The HTTP server between start and stop."""

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
import structlog
from fastapi import FastAPI

from services.runtime.errors import AddressTaken
from services.runtime.server import Server


async def test_answers_leave_at_once_instead_of_waiting_for_an_acknowledgement() -> None:
    app = FastAPI()
    app.add_api_route("/", lambda: "ok", methods=["GET"])
    server = Server(app, "127.0.0.1", 0, drain_seconds=1)
    await server.start()
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        await client.get("/")
        (connection,) = server._uvicorn.server_state.connections
        accepted = connection.transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    await server.stop()


async def test_no_library_logs_where_a_request_came_from(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(FastAPI(), "127.0.0.1", 0, drain_seconds=1)
    await server.start()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("uvicorn.error").warning("this much is heard")
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
            await client.get("/nowhere")
        told = [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")]
    await server.stop()
    assert told == ["this much is heard"]


async def test_a_second_server_on_the_address_is_told_that_it_is_taken() -> None:
    first = Server(FastAPI(), "127.0.0.1", 0, drain_seconds=1)
    await first.start()
    port = int(first.url.rpartition(":")[2])
    with pytest.raises(AddressTaken, match=f"cannot listen on 127.0.0.1:{port}.*phoihop up"):
        await Server(FastAPI(), "127.0.0.1", port, drain_seconds=1).start()
    await first.stop()


async def test_an_app_that_cannot_start_fails_the_start_and_frees_the_port() -> None:
    async def failing() -> None:
        raise RuntimeError("no")

    @asynccontextmanager
    async def broken(_app: FastAPI) -> AsyncIterator[None]:
        await failing()
        yield

    server = Server(FastAPI(lifespan=broken), "127.0.0.1", 0, drain_seconds=1)
    with pytest.raises(RuntimeError, match="did not start"):
        await server.start()
    port = int(server.url.rpartition(":")[2])
    again = Server(FastAPI(), "127.0.0.1", port, drain_seconds=1)
    await again.start()
    await again.stop()


async def test_a_server_that_ends_unasked_is_reported_and_one_that_was_asked_is_not() -> None:
    died: list[str] = []
    asked = Server(FastAPI(), "127.0.0.1", 0, drain_seconds=1)
    await asked.start()
    asked.watch(died.append)
    await asked.stop()
    assert died == []

    unasked = Server(FastAPI(), "127.0.0.1", 0, drain_seconds=1)
    await unasked.start()
    unasked.watch(died.append)
    assert unasked._task
    with structlog.testing.capture_logs() as lines:
        unasked._task.cancel()
        await unasked.stop()
    assert died == ["http"]
    assert lines[0]["event"] == "http_server_died"
