"""A service's readiness while the real broker is frozen, ended and started again; it comes back by itself."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import psutil
import pytest

from bus.database import Database
from bus.kafka import KafkaBroker, KafkaSettings
from infra.stack import broker
from infra.stack.embedded import EmbeddedStack
from infra.stack.home import Home
from infra.stack.info import StackInfo
from infra.stack.processes import Processes
from infra.stack.secrets import SecretFiles
from runtime_builders import problem, serving
from services.runtime.app import create_app
from services.runtime.bus_checks import broker_answers
from services.runtime.checks import database_answers
from services.runtime.health import Health

pytestmark = pytest.mark.integration

UNITS = ("customs-hq",)
MOMENTS = 50


@pytest.fixture(scope="module")
def info(own: EmbeddedStack, home: Home) -> StackInfo:
    return own.up(home, UNITS)


@pytest.fixture
async def client(info: StackInfo) -> AsyncIterator[httpx2.AsyncClient]:
    password = SecretFiles(info.secrets).read
    place = info.postgres
    url = f"postgresql+asyncpg://cases:{password('postgres/cases')}@{place.host}:{place.port}/{place.database}"
    database = Database.connect(url, pool_size=1)
    settings = KafkaSettings(info.kafka.bootstrap, Path(info.kafka.ca), "cases", password("kafka/cases"))
    kafka = KafkaBroker(settings)
    health = Health({"database": database_answers(database), "broker": broker_answers(kafka.pulse)})
    health.started.set()
    async with serving(create_app("cases", [], health=health)) as made:
        yield made
    await kafka.close()
    await database.close()


async def until_ready(client: httpx2.AsyncClient) -> bool:
    for _ in range(MOMENTS):
        if (await client.get("/readyz", timeout=10)).status_code == 200:
            return True
    return False


async def names_the_broker_alone(client: httpx2.AsyncClient) -> None:
    document = problem(await client.get("/readyz", timeout=5), "unavailable", 503)
    assert list(document["reasons"]) == ["broker"]
    assert "broker: " in document["en"]
    assert (await client.get("/healthz")).status_code == 200


async def test_a_frozen_broker_is_named_and_missed_no_more_once_it_thaws(
    client: httpx2.AsyncClient, own: EmbeddedStack, home: Home
) -> None:
    assert await until_ready(client)
    tracked = Processes(home.processes).find(broker.NAME)
    assert tracked is not None
    psutil.Process(tracked.pid).send_signal(signal.SIGSTOP)
    try:
        await names_the_broker_alone(client)
        assert {part.name: part.ready for part in own.status(home).parts}[broker.NAME] is False
    finally:
        psutil.Process(tracked.pid).send_signal(signal.SIGCONT)
    assert await until_ready(client)


async def test_a_broker_that_ended_is_named_and_missed_no_more_once_it_is_started_again(
    client: httpx2.AsyncClient, own: EmbeddedStack, home: Home
) -> None:
    assert await until_ready(client)
    broker.down(Processes(home.processes))
    await names_the_broker_alone(client)
    own.up(home, UNITS)
    assert await until_ready(client)
