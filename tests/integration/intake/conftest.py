"""Intake on a real PostgreSQL: its doors over ASGI, tokens signed by a key of the test, and what reached the outbox."""

import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt

import reference
from bus.commands import CommandDesk
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from bus.wire import decode
from infra.stack.info import StackInfo
from infra.stack.testing import TestDatabase
from intake_builders import DECISION, FORM, Http, OneKey, Published, Taking, Tokens, concerns, message_of, served
from schemas.envelope import Event
from schemas.identifiers.address.atlas import Atlas
from schemas.reference.book import ReferenceBook
from schemas.topics import Topics
from services.intake.api import desk, dossiers, integrity, reports, signals, tips
from services.intake.api.doors import Doors
from services.intake.office import Office
from services.intake.unmask import api as unmask_api
from services.intake.unmask.handlers import Opener
from services.intake.unmask.opening import OpenVault
from services.intake.vault import Vault
from services.policy import Actor
from services.runtime.actors import Actors
from services.runtime.app import create_app
from services.runtime.claims import ALGORITHM, Claims
from services.runtime.health import Health
from services.runtime.limits import Limiter


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("intake",)


@pytest.fixture(scope="session")
def book() -> ReferenceBook:
    return ReferenceBook.load(reference.folder())


@pytest.fixture
def office(stack: StackInfo, book: ReferenceBook) -> Office:
    return Office(
        book=book,
        places=Atlas(reference.folder()),
        vault=Vault.load(stack.secrets / "vault-public.json"),
        pepper=b"p" * 32,
        random=os.urandom,
        web_decision=DECISION,
    )


@pytest.fixture
async def store(database: TestDatabase) -> AsyncIterator[Database]:
    connected = Database.connect(database.url("intake"), pool_size=6)
    yield connected
    await connected.close()


@pytest.fixture
def units_of_work(stack: StackInfo, store: Database) -> UnitsOfWork:
    keyring = Keyring.load(stack.secrets / "master.json", system_clock)
    return UnitsOfWork(store, Context("intake", Topics(), system_clock, uuid7, keyring))


@pytest.fixture
def parts(store: Database, units_of_work: UnitsOfWork, office: Office) -> Doors:
    return Doors(units=units_of_work, database=store, commands=CommandDesk(office.pepper), office=office)


@pytest.fixture
def directory() -> OneKey:
    return OneKey()


@pytest.fixture
def token(directory: OneKey) -> Tokens:
    """`token(unit, *roles)` for a person of that unit, or `token(scope=…)` for the public's process."""

    def issue(unit: str = "phoihop", *roles: str, person: str = "an", scope: frozenset[str] = frozenset()) -> str:
        actor = Actor(person=person, unit=unit, roles=frozenset(roles), scope=scope)
        claims = Claims.of(actor, "Nguyễn Văn Giả Định", datetime.now(UTC)).encoded()
        header = {"alg": ALGORITHM, "kid": directory.key.kid}
        return jwt.encode(header, claims, directory.key, algorithms=[ALGORITHM])

    return issue


@pytest.fixture
async def intake(parts: Doors, directory: OneKey) -> AsyncIterator[Http]:
    def plenty() -> Limiter:
        return Limiter(10_000, 10_000, lambda: 0.0)

    doors = [
        tips.router(plenty(), plenty()),
        desk.router(plenty()),
        reports.router(plenty()),
        signals.router(plenty()),
        integrity.router(),
        dossiers.router(),
    ]
    app = create_app("intake", doors, health=Health(), actors=Actors(directory, system_clock))
    app.state.doors = parts
    async with served(app) as client:
        yield Http(client)


@pytest.fixture
async def unmask(stack: StackInfo, database: TestDatabase, intake: Http, directory: OneKey) -> AsyncIterator[Http]:
    reader = Database.connect(database.url("unmask"), pool_size=2)
    doors = unmask_api.router(Limiter(10_000, 10_000, lambda: 0.0))
    app = create_app("unmask", [doors], health=Health(), actors=Actors(directory, system_clock))
    vault = OpenVault.load(stack.secrets / "vault-private.json")
    app.state.opener = Opener(vault=vault, database=reader, intake=intake.client)
    async with served(app) as client:
        yield Http(client)
    await reader.close()


@pytest.fixture
def published(store: Database, units_of_work: UnitsOfWork) -> Published:
    """The events about one aggregate, or the answer to one command id, in the order of the outbox, opened."""

    async def read(about: UUID | str) -> list[Event[Any]]:
        async with units_of_work.begin() as uow:
            rows = await uow.raw.fetch("select topic, msg_key, headers, payload from outbox order by id")
            events = [decode(message_of(row)) for row in rows]
            return await uow.unseal([event for event in events if concerns(event, str(about))], "test")

    return read


@pytest.fixture
def operator(token: Tokens) -> str:
    return token("bcd-79", "operator")


@pytest.fixture
def taken(intake: Http, operator: str) -> Taking:
    """Takes down a tip at the desk bcd-79 and gives its id."""

    async def take(**changes: Any) -> UUID:
        answer = await intake.post("/desk/tips", FORM | {"channel": "phone"} | changes, operator)
        assert answer.status_code == 202, answer.text
        return UUID(answer.json()["tip_id"])

    return take
