"""The service as its composition root builds it, on the real Kafka and PostgreSQL."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from bus.broker import Partition
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.message import Message
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from bus.wire import decode, encode
from case_builders import numbered, signal
from infra.stack.desired import DesiredState
from infra.stack.secrets import SecretFiles
from infra.stack.testing import TestDatabase
from schemas.commands.case import CaseClose
from schemas.envelope import Envelope, Event
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed, CaseSignalAdded
from schemas.facts import Identifier, IdentifierKind, PersonalFacts
from schemas.topics import Topics
from services.cases.__main__ import build
from services.directory.signing import Signer
from services.policy import Actor
from services.runtime.actors import Actors
from services.runtime.claims import Claims
from services.runtime.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("principals")]
SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """The service at work, and the hands of its neighbours."""

    app: FastAPI
    signer: Signer
    topics: Topics
    database: TestDatabase

    @asynccontextmanager
    async def http(self, unit: str, *roles: str, name: str = "Lê Văn Giả Định") -> AsyncIterator[httpx2.AsyncClient]:
        """A client that carries a token of this unit's officer."""
        actor = Actor(person="le.van", unit=unit, roles=frozenset(roles or ("officer",)))
        token = self.signer.sign(Claims.of(actor, name, system_clock(), timedelta(minutes=5)))
        transport = httpx2.ASGITransport(app=self.app)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://cases", headers=headers) as client:
            yield client

    def broker(self, principal: str) -> KafkaBroker:
        """The broker as a service, or as the administrator, sees it."""
        info = self.database.info
        user = principal if principal == "admin" else f"{self.topics.prefix}{principal}"
        password = SecretFiles(info.secrets).read(f"kafka/{user}")
        return KafkaBroker(KafkaSettings(info.kafka.bootstrap, info.kafka.ca, user, password))

    async def send(self, principal: str, messages: Sequence[Message]) -> None:
        """Write as a neighbour does."""
        broker = self.broker(principal)
        await broker.publish(messages)
        await broker.close()


class _Everything:
    """Reads every partition that it is given from the beginning."""

    def __init__(self) -> None:
        self.new: list[Partition] = []

    def assigned(self, partitions: Collection[Partition]) -> None:
        self.new = list(partitions)

    def revoked(self, partitions: Collection[Partition]) -> None:
        self.new = [partition for partition in self.new if partition not in partitions]


async def read(running: Running, topic: str, count: int) -> list[Event[Any]]:
    """The first events of a topic, once there are so many; fails after SECONDS."""
    broker, everything = running.broker("admin"), _Everything()
    reader = broker.reader(f"{running.topics.prefix}test.{uuid7()}", [topic], everything)
    found: list[Event[Any]] = []
    places: set[Partition] = set()
    await reader.start()
    try:
        async with asyncio.timeout(SECONDS):
            while len(found) < count:
                for partition in everything.new:
                    reader.seek(partition, 0)
                    places.add(partition)
                everything.new = []
                for records in (await reader.fetch(500, 0.2, places)).values():
                    found += [decode(record) for record in records]
    finally:
        await reader.stop()
        await broker.close()
    return found


@pytest.fixture
async def running(
    database: TestDatabase, principals: DesiredState, topics: Topics, tmp_path: Path
) -> AsyncIterator[Running]:
    info = database.info
    told = json.loads(info.model_dump_json())
    (tmp_path / "stack.json").write_text(
        json.dumps(told | {"postgres": told["postgres"] | {"database": database.name}})
    )
    (tmp_path / "secrets").symlink_to(info.secrets)
    (tmp_path / "services.json").write_text(
        json.dumps({"directory": "http://127.0.0.1:9", "cases": "http://127.0.0.1:9"})
    )
    settings = Settings(home=tmp_path, topic_prefix=topics.prefix)
    signer = Signer.load(info.secrets / "actor-signing.json")
    stop = asyncio.Event()
    async with AsyncExitStack() as closers:
        service = await build(settings, closers)
        assert service.app
        service.app.state.actors = Actors(signer, system_clock)
        tasks = [asyncio.ensure_future(run(stop)) for run in (*service.consumers, *service.relays)]
        yield Running(service.app, signer, topics, database)
        stop.set()
        await asyncio.gather(*tasks)


async def from_intake(running: Running, signals: Sequence[Event[Any]]) -> None:
    """Write signals as intake's relay does: their keys made and their personal parts sealed in intake's transaction."""
    database = Database.connect(running.database.url("intake"))
    keyring = Keyring.load(running.database.info.secrets / "master.json", system_clock)
    units = UnitsOfWork(database, Context("intake", running.topics, system_clock, uuid7, keyring))
    async with units.begin() as uow:
        await uow.create_keys([dossier for event in signals for dossier in event.data.personal])
        sealed = await uow.seal(signals)
    await database.close()
    await running.send("intake", [encode(event, running.topics.of_aggregate("signal")) for event in sealed])


def about(subject: int) -> PersonalFacts:
    return PersonalFacts(identifiers=(Identifier(kind=IdentifierKind.PHONE, value=f"0999{subject:06d}"),))


async def test_signals_become_cases_that_are_claimed_by_http_and_closed_through_the_inbound_topic(
    running: Running,
) -> None:
    await from_intake(running, [signal(700_000 + number, about(number % 20)) for number in range(200)])
    log = running.topics.of_aggregate("case")
    grown = await read(running, log, 200)
    proposed = [event for event in grown if isinstance(event.data, CaseProposed)]
    assert len(proposed) == 20
    assert {event.data.origin.id for event in grown} == {numbered(700_000 + number) for number in range(200)}
    for case in proposed:
        sequences = [event.envelope.sequence for event in grown if event.envelope.subject == case.envelope.subject]
        assert sequences == list(range(1, 11))

    case_id = UUID(proposed[0].envelope.subject)
    async with running.http("qltt-79") as officer:
        answer = await officer.post(f"/cases/{case_id}/claim", headers={"Idempotency-Key": "k-1"})
    assert (answer.status_code, answer.json()["about"]) == (200, str(case_id))
    await running.send("gateway", [close_of(case_id, running.topics)])
    last = [event for event in await read(running, log, 202) if event.envelope.subject == str(case_id)]
    assert [type(event.data) for event in last] == [
        CaseProposed,
        *[CaseSignalAdded] * 9,
        CaseClaimed,
        CaseClosed,
    ]
    assert last[-1].data.officer == "Trần Thị Giả Định"
    answers = await read(running, running.topics.of_aggregate("command"), 2)
    assert {event.data.command_id for event in answers} == {"k-1", "agency-7"}
    assert await who_decided(running) == {
        "k-1": {"person": "le.van", "unit": "qltt-79", "roles": ["officer"]},
        "agency-7": {"person": "system", "unit": "qltt-79", "roles": ["system"]},
    }


async def who_decided(running: Running) -> dict[str, Any]:
    """The actor on record beside each command, by its id."""
    async with running.app.state.doors.units.begin() as uow:
        return {row["id"]: row["actor"] for row in await uow.raw.fetch("select id, actor from command")}


def close_of(case_id: UUID, topics: Topics) -> Message:
    """case.close as the gateway hands it over."""
    data = CaseClose(case_id=case_id, outcome="KHONG_VI_PHAM", officer="Trần Thị Giả Định")
    envelope = Envelope(
        id="agency-7",
        source="/units/qltt-79/he-thong",
        type=data.type_name(),
        time=system_clock(),
        subject=str(case_id),
        partitionkey=str(case_id),
    )
    actor = json.dumps({"person": "system", "unit": "qltt-79", "roles": ["system"]})
    return encode(Event(envelope, data, actor=actor), topics.inbound("cases"))


async def test_bad_requests_say_what_to_do(running: Running) -> None:
    case_id = uuid7()
    key = {"Idempotency-Key": "k-2"}
    async with running.http("qltt-79") as officer:
        keyless = await officer.post(f"/cases/{case_id}/claim")
        unknown = await officer.post(f"/cases/{case_id}/claim", headers=key)
        mistyped = await officer.post(f"/cases/{case_id}/close", headers=key, json={"outcom": "PHAT_TIEN"})
        no_id = await officer.post("/cases/vu-viec-1/claim", headers=key)
    assert (keyless.status_code, keyless.json()["type"]) == (400, "urn:phoihop:problem:idempotency-key-missing")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:phoihop:problem:not-found")
    assert unknown.headers["content-type"] == "application/problem+json"
    assert mistyped.status_code == 422
    assert {error["pointer"] for error in mistyped.json()["errors"]} == {"#/outcome", "#/outcom"}
    assert no_id.status_code == 422


async def test_without_a_token_no_door_opens(running: Running) -> None:
    async with running.http("qltt-79") as officer:
        answer = await officer.post(
            f"/cases/{uuid7()}/claim", headers={"Idempotency-Key": "k-3", "Authorization": "Bearer x.y.z"}
        )
    assert answer.status_code == 401
