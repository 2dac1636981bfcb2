"""Readiness is asked at each program's own door, and what is late is named with its reason."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from cli.supervisor.addresses import assign
from cli.supervisor.prefix import prefixed
from cli.supervisor.roster import AGENCIES, BUS, Program
from cli.supervisor.supervisor import NotReadyError, Supervisor
from infra.stack.home import Home

DOOR = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Door(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.end_headers()
        self.wfile.write(b"{body}")
    def log_message(self, *_):
        pass
HTTPServer(("127.0.0.1", {port}), Door).serve_forever()
"""


@dataclass(frozen=True)
class Script(Program):
    """A program given as text."""

    code: str = ""

    def command(self) -> list[str]:
        """The interpreter with the text."""
        return [sys.executable, "-c", self.code]


def door(name: str, urls: Mapping[str, str], status: int, body: str) -> Script:
    port = urls[name].rpartition(":")[2]
    return Script(name, "none", code=DOOR.format(status=status, body=body, port=port))


async def test_ready_returns_when_every_door_answers_and_names_the_one_that_does_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    urls = assign(home, [Program("good", "none"), Program("bad", "none")])
    programs = [door("good", urls, 200, "ok"), door("bad", urls, 503, "the database is away")]
    async with httpx2.AsyncClient(trust_env=False) as client:
        async with Supervisor(home, programs[:1], urls, lambda *_: None, {}) as supervisor:
            await supervisor.ready(client)
            assert [health.ready for health in await supervisor.health(client)] == [True]
        async with Supervisor(home, programs, urls, lambda *_: None, {}) as supervisor:
            with pytest.raises(NotReadyError, match="bad: the database is away"):
                await supervisor.ready(client, seconds=2)


async def test_a_program_that_is_not_ready_any_more_is_told_and_told_again_when_it_is(tmp_path: Path) -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    answers = iter(["200", "503", "503", "200"])

    def answer(_: httpx2.Request) -> httpx2.Response:
        status = int(next(answers, "200"))
        problem = {"en": "Not ready (broker: away)."}
        return httpx2.Response(status, json=problem, headers={"Content-Type": "application/problem+json"})

    urls = {"cases": "http://127.0.0.1:1"}
    supervisor = Supervisor(Home(tmp_path), [Program("cases", "none")], urls, lambda _, text: said.put_nowait(text), {})
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client, asyncio.timeout(5):
        watching = asyncio.create_task(supervisor.watch(client, every=0))
        told = [await said.get() for _ in range(2)]
        watching.cancel()

    assert told == ["is not ready: Not ready (broker: away).", "is ready again"]
    assert said.empty()


async def test_the_name_of_a_program_that_dies_too_often_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.supervisor.child.FIRST_PAUSE", 0.001)
    dying = Script("dying", "none", has_door=False, code="raise SystemExit(2)")
    async with Supervisor(Home(tmp_path), [dying], {}, lambda *_: None, {}) as supervisor:
        assert await supervisor.failed() == "dying"


def test_addresses_are_kept_between_starts_and_only_for_programs_with_doors(tmp_path: Path) -> None:
    programs = [*BUS, *AGENCIES]
    first = assign(Home(tmp_path), programs)

    assert assign(Home(tmp_path), programs) == first
    assert set(first) == {program.name for program in programs if program.has_door}
    assert len(set(first.values())) == len(first)


def test_lines_of_many_programs_are_told_apart_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    prefixed(sys.stdout)("cases", "hello")

    assert capsys.readouterr().out == "cases           | hello\n"
