"""Cases on a database of its own, as the service's own role."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pytest

from builders import event, example
from bus.commands import Answer, CommandDesk
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.message import Message
from bus.sealing import Keyring
from bus.uow import Context, UnitOfWork, UnitsOfWork
from bus.wire import decode
from case_builders import PEPPER, book, numbered
from infra.stack.testing import TestDatabase
from schemas.commands.case import CaseClaim, CaseClose
from schemas.envelope import Envelope, Event
from schemas.events.dossier import DossierErased
from schemas.events.tip import TipHeld
from schemas.topics import Topics
from services.cases.handlers.audiences import Audiences
from services.cases.handlers.commands import Commands, Officer
from services.cases.handlers.erasing import forget_origins
from services.cases.handlers.growth import Growth
from services.cases.handlers.intake import Intake
from services.cases.handlers.withholding import withhold
from services.policy import Actor

OFFICER = frozenset({"officer"})
_TABLES = "case_claim, case_origin, case_file, outbox, command"


@dataclass(frozen=True)
class CaseDesk:
    """The handlers of cases over real units of work, and looks at what they left behind."""

    units: UnitsOfWork
    growth: Growth
    commands: Commands

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work, committed at the end."""
        async with self.units.begin() as uow:
            yield uow

    async def sealed(self, *events: Event[Any]) -> list[Event[Any]]:
        """The events as they travel: their dossiers' keys made, their personal parts sealed."""
        async with self.begin() as uow:
            await uow.create_keys([dossier for event in events for dossier in event.data.personal])
            return await uow.seal(events)

    async def signals(self, *events: Event[Any]) -> None:
        """The events as one batch of the consumer."""
        travelling = await self.sealed(*events)
        async with self.begin() as uow:
            await self.growth.add_signals(travelling, uow)

    async def tips(self, *events: Event[Any]) -> None:
        """Forwarded tips as one batch of the consumer."""
        travelling = await self.sealed(*events)
        async with self.begin() as uow:
            await self.growth.add_tips(travelling, uow)

    async def perform(self, data: CaseClaim | CaseClose, unit: str, key: str | None = None, **actor: Any) -> Answer:
        """One command of a unit's officer, as the HTTP door carries it out."""
        officer = Officer(Actor(**{"person": "le.van", "unit": unit, "roles": OFFICER} | actor), "Lê Văn Giả Định")
        command = Event(
            Envelope(id=key or str(uuid7()), source=f"/units/{unit}/http", type=data.type_name(), time=system_clock()),
            data,
        )
        said = sha256(data.model_dump_json().encode()).digest()
        async with self.begin() as uow:
            act, still = self.commands.act(command, officer), self.commands.still(command, officer)
            return await CommandDesk(b"p" * 32).perform(command, unit, said, act, uow, still=still)

    async def claim(self, unit: str, case_id: UUID | None = None, key: str | None = None, **actor: Any) -> Answer:
        """Claim a case, the only one unless its id is given."""
        return await self.perform(CaseClaim(case_id=case_id or await self.only_case()), unit, key, **actor)

    async def close(self, unit: str, outcome: str = "PHAT_TIEN", **actor: Any) -> Answer:
        """Close the only case."""
        return await self.perform(CaseClose(case_id=await self.only_case(), outcome=outcome), unit, **actor)

    async def hold(self, number: int) -> None:
        """tip.held, as one batch of the consumer."""
        data = example(TipHeld, integrity_id=numbered(number + 500_000))
        async with self.begin() as uow:
            await withhold([event(data, subject=numbered(number))], uow)

    async def erased(self, origin: UUID) -> None:
        """dossier.erased about a tip or signal whose key is destroyed, as one batch of the consumer."""
        async with self.begin() as uow:
            await uow.destroy_keys([origin], "lan.anh", "Luật 91/2025/QH15")
        async with self.begin() as uow:
            await forget_origins([event(example(DossierErased), subject=origin)], uow)

    async def published(self, *kinds: type[Any]) -> list[Event[Any]]:
        """Everything in the outbox, or what is of these kinds, oldest first, as a reader of the topics meets it."""
        rows = await self.rows("select topic, msg_key, headers, payload from outbox order by id")
        events = [decode(_message(row)) for row in rows]
        return [event for event in events if not kinds or isinstance(event.data, kinds)]

    async def opened(self) -> list[Event[Any]]:
        """The same with the personal parts opened."""
        events = await self.published()
        async with self.begin() as uow:
            return await uow.unseal(events, "test")

    async def rows(self, query: str, *arguments: Any) -> list[Any]:
        """What a query finds."""
        async with self.begin() as uow:
            return list(await uow.raw.fetch(query, *arguments))

    async def only_case(self) -> UUID:
        """The id of the only case there is."""
        (row,) = await self.rows("select id from case_file")
        return UUID(str(row["id"]))


def _message(row: Any) -> Message:
    headers = tuple((name, value.encode()) for name, value in row["headers"].items())
    return Message(row["topic"], row["msg_key"], row["payload"], headers)


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("cases",)


@pytest.fixture
def random_bytes() -> Callable[[int], bytes]:
    """Bytes that differ from call to call and are the same in every run."""
    return Random(389).randbytes


@pytest.fixture
async def desk(database: TestDatabase, random_bytes: Callable[[int], bytes]) -> AsyncIterator[CaseDesk]:
    connections = Database.connect(database.url("cases"), pool_size=24)
    keyring = Keyring.load(database.info.secrets / "master.json", system_clock)
    units = UnitsOfWork(connections, Context("cases", Topics(), system_clock, uuid7, keyring), asyncio.Event())
    async with units.begin() as uow:
        await uow.raw.execute(f"truncate {_TABLES}")
    audiences = Audiences(book())
    growth = Growth(Intake(book(), PEPPER, random_bytes), audiences)
    yield CaseDesk(units, growth, Commands(book(), audiences))
    await connections.close()


@pytest.fixture
def new_number() -> Callable[[], int]:
    """Numbers for origins that no other test of the module uses: keys are made once a dossier."""
    return _NUMBERS.__next__


_NUMBERS = count(1_000)
