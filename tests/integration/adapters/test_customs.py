"""The customs adapter and its stand-in as processes, on the real Kafka, each unit with its own credentials."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from adapters.customs.offices import Offices
from adapters.customs.standin.columns import COLUMNS
from adapters.customs.standin.generator import generate
from adapters.sdk.cursor import CursorFile
from customs_builders import numbered
from infra.stack.admin import client_settings
from infra.stack.info import StackInfo
from infra.stack.secrets import SecretFiles
from schemas.topics import Topics

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("principals")]
ROOT = Path(__file__).parents[3]
SECONDS = 60.0


@dataclass(frozen=True)
class Town:
    """A home with its stack, and the processes started in it."""

    home: Path
    stack: StackInfo
    topics: Topics

    async def start(self, module: str, *arguments: str) -> asyncio.subprocess.Process:
        """A program as the supervisor starts it."""
        environment = {
            **os.environ,
            "PHOIHOP_HOME": str(self.home),
            "PHOIHOP_TOPIC_PREFIX": self.topics.prefix,
            "PYTHONPATH": str(ROOT),
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, env=environment, stderr=asyncio.subprocess.PIPE
        )

    @asynccontextmanager
    async def standin(self, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The stand-in at work."""
        process = await self.start("adapters.customs.standin", *arguments)
        try:
            yield process
        finally:
            process.terminate()
            await process.communicate()

    async def adapter(self, *arguments: str) -> tuple[int | None, str]:
        """The adapter to its end: its exit code and what it said."""
        process = await self.start("adapters.customs", *arguments)
        _, said = await asyncio.wait_for(process.communicate(), SECONDS)
        return process.returncode, said.decode()

    def sent(self, unit: str) -> list[dict[str, Any]]:
        """Everything on a unit's topic."""
        password = SecretFiles(self.stack.secrets).read("kafka/admin")
        settings = client_settings(self.stack.kafka.agency, self.stack.kafka.ca, "admin", password)
        consumer = Consumer({**settings, "group.id": "any", "enable.partition.eof": True, "enable.auto.commit": False})
        try:
            consumer.assign([TopicPartition(self.topics.from_unit(unit), 0, OFFSET_BEGINNING)])
            found = []
            while (message := consumer.poll(SECONDS)) is not None and message.error() is None:
                found.append(json.loads(message.value() or b""))
            return found
        finally:
            consumer.close()

    @property
    def done(self) -> int:
        """The adapter's position."""
        return CursorFile(self.home / "adapters" / "customs" / "cursor.json").load().done


@pytest.fixture
def units() -> Sequence[str]:
    return sorted(Offices.load().units())


@pytest.fixture
def town(stack: StackInfo, topics: Topics, tmp_path: Path) -> Town:
    (tmp_path / "stack.json").write_text(stack.model_dump_json())
    secrets = tmp_path / "secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "kafka").symlink_to(stack.secrets / "kafka")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "services.json").write_text(json.dumps({"customs-standin": f"http://127.0.0.1:{port}"}))
    return Town(tmp_path, stack, topics)


def file_of(folder: Path, count: int) -> Path:
    path = folder / "declarations.csv"
    lines = [",".join(COLUMNS), *(",".join(row.values()) for row in numbered(count))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def test_each_flagged_declaration_of_the_generator_is_sent_once_by_the_unit_of_its_office(
    town: Town, units: Sequence[str]
) -> None:
    async with town.standin():
        code, said = await town.adapter("--once")
        again, _ = await town.adapter("--once")
    assert (code, again) == (0, 0), said
    offices, expected = Offices.load(), Counter[tuple[str, str]]()
    for row in generate().rows:
        office = offices.rows[row["Office ID"]][0]
        if row["Fraud"] == "1":
            expected[office.unit, f"decl-{row['Declaration ID']}"] += 1
    assert Counter((unit, event["id"]) for unit in units for event in town.sent(unit)) == expected
    assert len(expected) == 50
    assert '"event": "source_exhausted"' in said


async def test_an_adapter_that_is_killed_anywhere_resumes_and_leaves_nothing_out(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOIHOP_CUSTOMS_PAGE", "20")
    async with town.standin("--declarations", str(file_of(tmp_path, 2000))):
        process = await town.start("adapters.customs")
        await _until(process, b'"page_done"')
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        assert 0 < town.done < 2000
        code, said = await town.adapter("--once")
    assert code == 0, said
    events = town.sent("customs-kv2")
    assert list(dict.fromkeys(event["id"] for event in events)) == [f"decl-{10_000_000 + n}" for n in range(2000)]
    assert len({json.dumps(event) for event in events}) == 2000


async def _until(process: asyncio.subprocess.Process, said: bytes) -> None:
    """Return once the process has said it; fails when it ends before, or after SECONDS."""
    assert process.stderr
    async with asyncio.timeout(SECONDS):
        while said not in (line := await process.stderr.readline()):
            assert line, f"ended with {process.returncode} before it said {said.decode()}"


async def test_it_goes_on_looking_and_a_signal_ends_it(town: Town, tmp_path: Path) -> None:
    async with town.standin("--declarations", str(file_of(tmp_path, 5))):
        process = await town.start("adapters.customs")
        await _until(process, b'"source_exhausted"')
        process.terminate()
        await process.communicate()
    assert process.returncode == 0
    assert len(town.sent("customs-kv2")) == 5


async def test_the_standin_says_what_it_holds_and_that_nothing_is_real(town: Town) -> None:
    url = json.loads((town.home / "services.json").read_text())["customs-standin"]
    async with town.standin("--seed", "7", "--rows", "40") as process, httpx2.AsyncClient(trust_env=False) as client:
        assert process.stderr
        started = json.loads(await process.stderr.readline())
        async with asyncio.timeout(SECONDS):
            while (said := await _health(client, url)) is None:  # noqa: ASYNC110 - it listens in another process
                await asyncio.sleep(0.05)
    assert (started["event"], started["seed"], started["rows"], started["flagged"]) == ("standin_started", 7, 40, 10)
    assert said["source"] == started["source"] == generate(7, 40).source
    assert "nothing and nobody in them is real" in said["notice"]


async def _health(client: httpx2.AsyncClient, url: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = (await client.get(f"{url}/health")).json()
    except httpx2.TransportError:
        return None
    return found


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--declarations", "nowhere.csv"), "there is no file nowhere.csv"),
        (("--rows", "0"), "must be from 1 to"),
        (("--seed", "x"), "invalid int value"),
    ],
)
async def test_a_standin_that_cannot_start_says_why_and_exits_with_2(
    town: Town, arguments: tuple[str, ...], why: str
) -> None:
    process = await town.start("adapters.customs.standin", *arguments)
    _, said = await process.communicate()
    assert process.returncode == 2
    assert why in said.decode()


async def test_an_adapter_without_a_home_says_what_to_do_and_exits_with_2(town: Town) -> None:
    (town.home / "services.json").unlink()
    code, said = await town.adapter("--once")
    assert code == 2
    assert "run `phoihop up`" in said
