"""Feeds on a database of their own, as the service's own role."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from case_builders import book
from feed_builders import CO, COORDINATOR, DESK, INTEGRITY, LEAD
from feed_desk import FeedDesk
from feed_service import Running
from infra.stack.desired import DesiredState
from infra.stack.testing import TestDatabase
from schemas.topics import Topics
from services.directory.signing import Signer
from services.notifications.__main__ import build
from services.notifications.handlers.delivery import Delivery
from services.notifications.handlers.doors import Doorway
from services.notifications.handlers.pull import Pull
from services.runtime.actors import Actors
from services.runtime.settings import Settings

_TABLES = "feed, feed_counter, case_counter, denial, case_origin, feed_copy, feed_pull, feed_replay, tip_state"


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("notifications",)


@pytest.fixture
async def desk(database: TestDatabase) -> AsyncIterator[FeedDesk]:
    connections = Database.connect(database.url("notifications"), pool_size=16)
    intake = Database.connect(database.url("intake"))
    keyring = Keyring.load(database.info.secrets / "master.json", system_clock)
    context = Context("notifications", Topics(), system_clock, uuid7, keyring)
    units = UnitsOfWork(connections, context, asyncio.Event())
    async with connections.autocommit() as raw:
        await raw.execute(f"truncate {_TABLES}")
    doorway = Doorway(book())
    publishers = UnitsOfWork(intake, Context("intake", Topics(), system_clock, uuid7, keyring))
    yield FeedDesk(units, publishers, connections, Delivery(units, doorway), Pull(units, doorway))
    await connections.close()
    await intake.close()


@pytest.fixture
def units() -> Sequence[str]:
    return (LEAD, CO, COORDINATOR, DESK, INTEGRITY)


@pytest.fixture
async def running(
    database: TestDatabase, principals: DesiredState, topics: Topics, tmp_path: Path
) -> AsyncIterator[Running]:
    info = database.info
    told = json.loads(info.model_dump_json())
    place = told["postgres"] | {"database": database.name}
    (tmp_path / "stack.json").write_text(json.dumps(told | {"postgres": place}))
    (tmp_path / "secrets").symlink_to(info.secrets)
    nowhere = dict.fromkeys(("directory", "notifications"), "http://127.0.0.1:9")
    (tmp_path / "services.json").write_text(json.dumps(nowhere))
    signer = Signer.load(info.secrets / "actor-signing.json")
    stop = asyncio.Event()
    async with AsyncExitStack() as closers:
        service = await build(Settings(home=tmp_path, topic_prefix=topics.prefix), closers)
        assert service.app
        service.app.state.actors = Actors(signer, system_clock)
        tasks = [asyncio.ensure_future(run(stop)) for run in (*service.consumers, *service.relays)]
        yield Running(service.app, signer, topics, database)
        service.health.stopping.set()
        stop.set()
        await asyncio.gather(*tasks)
    connection = await database.connect("postgres")
    tables = "feed, feed_counter, case_counter, denial, case_origin, feed_copy, tip_state"
    tables += ", feed_replay, outbox_cursor, parked_event, parked_key, parked_act"
    await connection.execute("set search_path = notifications")
    await connection.execute(f"truncate {tables}")
    await connection.close()
