"""Keys that end: no cache outlives them, and whatever is under way at that moment ends as erased."""

from datetime import timedelta
from uuid import UUID

import pytest

from builders import NOW
from bus.database import Database
from bus.errors import KeyMissing
from bus.identity import uuid7
from bus.publication import Context
from bus.relay import as_written
from bus.sealing import CACHE_AGE, Keyring
from bus.uow import UnitsOfWork
from bus.wire import decode
from bus_builders import Hands
from infra.stack.testing import TestDatabase
from schemas.topics import Topics
from store_builders import detected, rows, say

pytestmark = pytest.mark.integration

BASIS = "Luật 91/2025/QH15"


async def erase(work: UnitsOfWork, dossier: UUID) -> list[UUID]:
    async with work.begin() as uow:
        return await uow.destroy_keys([dossier], "lan.anh", BASIS)


async def published(work: UnitsOfWork) -> UUID:
    """A dossier with one event in the outbox; the publisher remembers its key."""
    dossier = uuid7()
    async with work.begin() as uow:
        await uow.create_keys([dossier])
        say(uow, detected(dossier), dossier)
    return dossier


async def seen(work: UnitsOfWork, store: Database, purpose: str = "look") -> tuple[int, tuple[UUID, ...]]:
    """How many opened parts a reader finds in what was published last, and what it is told was erased."""
    event = decode((await as_written(await rows(store)))[-1])
    async with work.begin() as uow:
        (found,) = await uow.unseal([event], purpose)
    return len(found.data.personal), found.data.erased


async def test_a_key_that_was_remembered_a_moment_ago_serves_nobody_after_its_end(
    work: UnitsOfWork, store: Database, keyring: Keyring
) -> None:
    dossier = await published(work)
    assert await seen(work, store) == (1, ())

    assert await erase(work, dossier) == [dossier]

    assert await seen(work, store) == (0, (dossier,))
    assert [keyring.recall(dossier, purpose) for purpose in ("look", "publish")] == [None, None]


async def test_another_process_that_remembers_the_key_does_not_use_it_either(
    work: UnitsOfWork, store: Database, database: TestDatabase, hands: Hands
) -> None:
    other = UnitsOfWork(store, Context("intake", Topics(), hands, uuid7, secret_keyring(database, hands)))
    dossier = await published(work)
    assert await seen(other, store) == (1, ())
    await erase(work, dossier)

    hands.now = NOW + CACHE_AGE - timedelta(seconds=1)

    assert await seen(other, store) == (0, (dossier,))


async def test_a_key_that_is_still_whole_is_not_opened_twice_and_ages_from_its_opening(
    work: UnitsOfWork, store: Database, database: TestDatabase, hands: Hands
) -> None:
    dossier = await published(work)
    for minutes in (0, 3, 4):
        hands.now = NOW + timedelta(minutes=minutes)
        assert await seen(work, store) == (1, ())
    assert await openings(database, dossier) == 1

    hands.now = NOW + timedelta(minutes=5)
    assert await seen(work, store) == (1, ())
    assert await openings(database, dossier) == 2


async def test_an_event_that_lies_in_the_outbox_at_the_end_of_its_key_leaves_it_as_erased(
    work: UnitsOfWork, store: Database
) -> None:
    dossier = await published(work)
    (waiting,) = await as_written(await rows(store))

    await erase(work, dossier)

    assert (await as_written(await rows(store)))[0] == waiting
    assert await seen(work, store) == (0, (dossier,))


async def test_a_batch_in_hand_ends_its_own_transaction_and_none_after_it(work: UnitsOfWork, store: Database) -> None:
    dossier = await published(work)
    async with work.begin() as uow:
        event = decode((await as_written(await rows(store)))[-1])
        (before,) = await uow.unseal([event], "look")
        await erase(work, dossier)
        (again,) = await uow.unseal([event], "look")
        (other,) = await uow.unseal([event], "another purpose")

    assert [len(one.data.personal) for one in (before, again, other)] == [1, 1, 0]
    assert await seen(work, store) == (0, (dossier,))


async def test_nothing_personal_is_published_about_an_erased_dossier_though_its_key_was_remembered(
    work: UnitsOfWork, store: Database
) -> None:
    dossier = await published(work)
    await erase(work, dossier)

    async def says_more() -> None:
        async with work.begin() as uow:
            say(uow, detected(dossier), dossier, 2)

    with pytest.raises(KeyMissing):
        await says_more()
    assert len(await rows(store)) == 1


async def test_an_end_that_is_undone_leaves_the_key_as_it_was(work: UnitsOfWork, store: Database) -> None:
    dossier = await published(work)

    async def fails() -> None:
        async with work.begin() as uow:
            assert await uow.destroy_keys([dossier], "lan.anh", BASIS) == [dossier]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with work.begin() as uow, uow.savepoint():
        assert len(await uow.open_keys([dossier], "look")) == 1
    assert await seen(work, store) == (1, ())


def secret_keyring(database: TestDatabase, hands: Hands) -> Keyring:
    return Keyring.load(database.info.secrets / "master.json", hands)


async def openings(database: TestDatabase, dossier: UUID) -> int:
    admin = await database.connect("postgres")
    found = await admin.fetchval("select count(*) from keys.audit where act = 'open' and dossiers = $1", [dossier])
    await admin.close()
    return int(found)
