"""A process starts, serves, and ends in order; what dies takes it along, so that the supervisor starts it whole."""

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
import structlog
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from runtime_builders import home_with
from services.runtime import process
from services.runtime.app import create_app
from services.runtime.errors import MissingFile
from services.runtime.health import Health
from services.runtime.process import DIED, MISCONFIGURED, OK, serve
from services.runtime.service import Background, Service
from services.runtime.settings import Settings


@pytest.fixture(autouse=True)
def _thaw() -> Iterator[None]:
    """A process freezes what lives at its start; a test run must not keep that."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class Story:
    """What happened, in order."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.started = asyncio.Event()

    def worker(self, name: str) -> Background:
        """A background task that works until it is asked to stop."""

        async def work(stop: asyncio.Event) -> None:
            self.told.append(f"{name} starts")
            self.started.set()
            await stop.wait()
            self.told.append(f"{name} stops")

        return work

    def closer(self, name: str) -> Callable[[], None]:
        """Something to be closed."""
        return lambda: self.told.append(f"{name} closes")


def ask_to_stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


async def run_until_signal(service: Service, settings: Settings) -> int:
    async def build(_settings: Settings, _closers: AsyncExitStack) -> Service:
        return service

    running = asyncio.create_task(serve(build, settings))
    await service.health.started.wait()
    ask_to_stop()
    return await running


async def test_the_end_goes_from_the_doors_inwards(tmp_path: Path) -> None:
    story, health = Story(), Health()
    entered, leave = asyncio.Event(), asyncio.Event()
    router = APIRouter()

    @router.get("/slow")
    async def slow() -> str:
        entered.set()
        await leave.wait()
        story.told.append("request answered")
        return "whole"

    async def build(_settings: Settings, closers: AsyncExitStack) -> Service:
        closers.callback(story.closer("database"))
        closers.callback(story.closer("broker"))
        app = create_app("cases", [router], health=health)
        return Service("cases", health, app, [story.worker("consumer")], [story.worker("relay")])

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    running = asyncio.create_task(serve(build, Settings(home=home_with(tmp_path, {"cases": url}))))
    await health.started.wait()
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        asked = asyncio.create_task(client.get("/slow"))
        await entered.wait()
        ask_to_stop()
        await health.stopping.wait()
        leave.set()
        assert (await asked).json() == "whole"
    assert await running == OK
    assert story.told == [
        "relay starts",
        "consumer starts",
        "request answered",
        "consumer stops",
        "relay stops",
        "broker closes",
        "database closes",
    ]


async def test_a_process_without_doors_needs_no_address(tmp_path: Path) -> None:
    story, health = Story(), Health()
    service = Service("gateway", health, consumers=[story.worker("consumer")])
    assert await run_until_signal(service, Settings(home=tmp_path)) == OK
    assert story.told == ["consumer starts", "consumer stops"]


@pytest.mark.parametrize("kind", ["raises", "returns"])
async def test_a_consumer_that_dies_ends_the_process_in_order(tmp_path: Path, kind: str) -> None:
    story, health = Story(), Health()

    async def dying(_stop: asyncio.Event) -> None:
        await story.started.wait()
        if kind == "raises":
            raise RuntimeError("Nguyễn Thị Bí Mật")

    async def build(_settings: Settings, closers: AsyncExitStack) -> Service:
        closers.callback(story.closer("database"))
        return Service("gateway", health, consumers=[dying], relays=[story.worker("relay")])

    with structlog.testing.capture_logs() as lines:
        assert await serve(build, Settings(home=tmp_path)) == DIED
    assert story.told == ["relay starts", "relay stops", "database closes"]
    (died,) = [line for line in lines if line["event"] == "background_task_died"]
    assert died["part"] == "consumer-0"


async def test_a_task_that_does_not_stop_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STOP_SECONDS", 0.05)
    cut = asyncio.Event()

    async def stubborn(_stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut.set()
            raise

    assert await run_until_signal(Service("gateway", Health(), consumers=[stubborn]), Settings(home=tmp_path)) == OK
    assert cut.is_set()


async def test_a_wrong_configuration_is_told_and_has_its_own_exit_code(tmp_path: Path) -> None:
    story = Story()

    async def build(_settings: Settings, closers: AsyncExitStack) -> Service:
        closers.callback(story.closer("database"))
        raise MissingFile(tmp_path / "secrets" / "cases", "run `phoihop stack up`")

    with structlog.testing.capture_logs() as lines:
        assert await serve(build, Settings(home=tmp_path)) == MISCONFIGURED
    assert story.told == ["database closes"]
    assert "phoihop stack up" in lines[0]["reason"]


async def test_a_failing_start_closes_what_was_opened(tmp_path: Path) -> None:
    story = Story()

    async def build(_settings: Settings, closers: AsyncExitStack) -> Service:
        closers.callback(story.closer("database"))
        raise RuntimeError("no")

    assert await serve(build, Settings(home=tmp_path)) == DIED
    assert story.told == ["database closes"]


async def test_a_signal_during_a_slow_start_ends_it(tmp_path: Path) -> None:
    story, building = Story(), asyncio.Event()

    async def build(_settings: Settings, closers: AsyncExitStack) -> Service:
        closers.callback(story.closer("database"))
        building.set()
        await asyncio.Event().wait()
        raise AssertionError("never reached")

    running = asyncio.create_task(serve(build, Settings(home=tmp_path)))
    await building.wait()
    ask_to_stop()
    assert await running == OK
    assert story.told == ["database closes"]


async def test_a_taken_port_is_told_with_its_remedy(tmp_path: Path) -> None:
    health = Health()

    async def build(_settings: Settings, _closers: AsyncExitStack) -> Service:
        return Service("cases", health, create_app("cases", [], health=health))

    with socket.socket() as taken, structlog.testing.capture_logs() as lines:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert await serve(build, Settings(home=home_with(tmp_path, {"cases": url}))) == MISCONFIGURED
    assert f"cannot listen on {url.removeprefix('http://')}" in lines[-1]["reason"]


async def test_a_stream_ends_with_the_process_when_it_watches_for_it(tmp_path: Path) -> None:
    health = Health()
    router = APIRouter()

    @router.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            await health.stopping.wait()
            yield b" ended"

        return StreamingResponse(parts())

    async def build(_settings: Settings, _closers: AsyncExitStack) -> Service:
        return Service("cases", health, create_app("cases", [router], health=health))

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    running = asyncio.create_task(serve(build, Settings(home=home_with(tmp_path, {"cases": url}), drain_seconds=60)))
    await health.started.wait()
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as client, client.stream("GET", "/stream") as answer:
        pieces = answer.aiter_text()
        assert await anext(pieces) == "begun"
        ask_to_stop()
        assert "".join([piece async for piece in pieces]) == " ended"
    assert await running == OK


SCRIPT = """
import asyncio, sys
from services.runtime.health import Health
from services.runtime.process import run
from services.runtime.service import Service

async def work(stop):
    print(type(asyncio.get_running_loop()).__module__, flush=True)
    await stop.wait()

async def build(settings, closers):
    closers.callback(lambda: print("closed", flush=True))
    return Service("gateway", Health(), consumers=[work])

run("gateway", build)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_real_process_ends_with_0_after_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    environment = os.environ | {"PHOIHOP_HOME": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as started:
        assert started.stdout
        lines: list[str] = []
        for line in started.stdout:
            lines.append(line.strip())
            if "process_started" in line:
                started.send_signal(number)
        assert started.wait(timeout=30) == 0
    assert lines[-1] == "closed"
    assert "uvloop" in lines
    events = [json.loads(line)["event"] for line in lines if line.startswith("{")]
    assert events == ["process_started", "process_stopping", "process_stopped"]
