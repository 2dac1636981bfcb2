"""Dossier keys: made once with the first event, opened for a purpose that stays on record, gone when erased."""

from base64 import b64decode
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from builders import NOW, PERSONAL, example
from bus.database import Database
from bus.errors import KeyMissing
from bus.identity import uuid7
from bus.relay import as_written
from bus.uow import UnitsOfWork
from bus.wire import decode
from bus_builders import Hands
from infra.stack.testing import TestDatabase
from schemas.events.case import CaseProposed
from schemas.facts import PersonalFacts
from store_builders import detected, rows, say, things

pytestmark = pytest.mark.integration


async def test_personal_values_are_sealed_on_their_way_and_open_for_a_reader(
    work: UnitsOfWork, store: Database
) -> None:
    dossier = uuid7()
    async with work.begin() as uow:
        await uow.create_keys([dossier])
        said = say(uow, detected(dossier), dossier)
    (message,) = await as_written(await rows(store))
    arrived = decode(message)

    async with work.begin() as uow:
        (opened,) = await uow.unseal([arrived], "route")

    assert set(arrived.data.sealed) == {dossier}
    carried = [message.value, *map(b64decode, arrived.data.sealed.values())]
    assert not [part for part in carried if b"0999 000 111" in part]
    assert opened.data == said.data
    assert opened.data.personal == {dossier: PERSONAL}


async def test_keys_of_a_batch_are_opened_by_one_call_that_stays_on_record(
    work: UnitsOfWork, store: Database, database: TestDatabase, hands: Hands
) -> None:
    dossiers = [uuid7() for _ in range(20)]
    async with work.begin() as uow:
        await uow.create_keys(dossiers)
        for dossier in dossiers:
            say(uow, detected(dossier), dossier)
    arrived = [decode(message) for message in await as_written(await rows(store))]
    hands.now = NOW + timedelta(minutes=6)

    for _ in range(2):
        async with work.begin() as uow:
            assert all(event.data.personal for event in await uow.unseal(arrived, "deliver"))

    assert await audit(database, dossiers) == [("intake", "deliver", 20)]


async def test_a_purpose_of_its_own_is_an_opening_of_its_own(
    work: UnitsOfWork, database: TestDatabase, hands: Hands
) -> None:
    dossier = uuid7()
    async with work.begin() as uow:
        await uow.create_keys([dossier])
    for purpose in ("route", "deliver", "route"):
        async with work.begin() as uow:
            await uow.open_keys([dossier], purpose)
    hands.now = NOW + timedelta(minutes=5)
    async with work.begin() as uow:
        await uow.open_keys([dossier], "route")

    assert [purpose for _, purpose, _ in await audit(database, [dossier])] == ["route", "deliver", "route"]


async def test_a_key_opened_by_work_that_failed_is_not_remembered(work: UnitsOfWork, database: TestDatabase) -> None:
    dossier = uuid7()
    async with work.begin() as uow:
        await uow.create_keys([dossier])

    async def fails() -> None:
        async with work.begin() as uow:
            await uow.open_keys([dossier], "route")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await audit(database, [dossier]) == []
    async with work.begin() as uow:
        await uow.open_keys([dossier], "route")

    assert await audit(database, [dossier]) == [("intake", "route", 1)]


async def test_a_publisher_opens_the_keys_it_did_not_make(
    work: UnitsOfWork, store: Database, database: TestDatabase, hands: Hands
) -> None:
    dossier, case = uuid7(), uuid7()
    async with work.begin() as uow:
        await uow.create_keys([dossier])
    hands.now = NOW + timedelta(minutes=6)
    async with work.begin() as uow:
        say(uow, example(CaseProposed, personal={dossier: PERSONAL}), case)

    assert await audit(database, [dossier]) == [("intake", "publish", 1)]
    assert await opened(work, store, "look") == [{dossier: PERSONAL}]


async def test_an_erased_dossier_is_told_as_erased_and_publishes_nothing_more(
    work: UnitsOfWork, store: Database, database: TestDatabase, hands: Hands
) -> None:
    dossier = uuid7()
    async with work.begin() as uow:
        await uow.create_keys([dossier])
        say(uow, detected(dossier), dossier)
    (arrived,) = [decode(message) for message in await as_written(await rows(store))]
    await erase(database, dossier)
    hands.now = NOW + timedelta(minutes=6)

    async with work.begin() as uow:
        (seen,) = await uow.unseal([arrived], "look")
    assert (seen.data.erased, seen.data.personal) == ((dossier,), {})

    async def says_more() -> None:
        async with work.begin() as uow:
            await uow.raw.execute("insert into thing (id) values (1)")
            say(uow, detected(dossier), dossier, 2)

    with pytest.raises(KeyMissing) as missing:
        await says_more()
    assert missing.value.dossier == dossier
    assert await things(store) == 0


async def test_a_dossier_has_one_key_for_ever(work: UnitsOfWork) -> None:
    dossier = uuid7()

    async def makes_it() -> None:
        async with work.begin() as uow:
            await uow.create_keys([dossier])

    await makes_it()
    with pytest.raises(asyncpg.UniqueViolationError):
        await makes_it()


async def opened(work: UnitsOfWork, store: Database, purpose: str) -> list[dict[UUID, PersonalFacts]]:
    arrived = [decode(message) for message in await as_written(await rows(store))]
    async with work.begin() as uow:
        return [event.data.personal for event in await uow.unseal(arrived, purpose)]


async def audit(database: TestDatabase, dossiers: Sequence[UUID]) -> list[tuple[str, str, int]]:
    admin = await database.connect("postgres")
    found = await admin.fetch(
        "select role, purpose, cardinality(dossiers) as many from keys.audit where dossiers && $1 order by id",
        list(dossiers),
    )
    await admin.close()
    return [(row["role"], row["purpose"], row["many"]) for row in found]


async def erase(database: TestDatabase, dossier: UUID) -> None:
    admin = await database.connect("postgres")
    await admin.execute("delete from keys.dossier_key where dossier = $1", dossier)
    await admin.close()
