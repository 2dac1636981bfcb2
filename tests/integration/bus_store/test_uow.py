"""Events leave with the state that they tell of: sealed, in order, all or none."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from builders import PERSONAL, example
from bus.database import Database
from bus.errors import Refused
from bus.identity import uuid7
from bus.message import Message
from bus.relay import as_written
from bus.uow import UnitOfWork, UnitsOfWork
from bus.wire import decode
from schemas.events.case import CaseProposed
from schemas.events.signal import SignalDetected
from schemas.facts import PersonalFacts
from store_builders import claimed, detected, rows, say, things

pytestmark = pytest.mark.integration


async def test_an_event_is_in_the_outbox_with_the_state_it_tells_of(work: UnitsOfWork, store: Database) -> None:
    case = uuid7()
    async with work.begin() as uow:
        await uow.raw.execute("insert into thing (id) values (1)")
        said = say(uow, claimed(), case, 7)
        assert await rows(store) == []

    (row,) = await rows(store)
    (message,) = await as_written([row])

    assert decode(message) == said
    assert (message.topic, message.key) == ("phoihop.case.v1", str(case).encode())
    assert row.values["event_id"] == UUID(said.envelope.id)
    assert (row.values["aggregate_id"], row.values["aggregate_seq"]) == (case, 7)
    assert await things(store) == 1


async def test_nothing_is_said_when_the_work_fails(work: UnitsOfWork, store: Database, wake: asyncio.Event) -> None:
    async def fails() -> None:
        async with work.begin() as uow:
            await uow.raw.execute("insert into thing (id) values (1)")
            say(uow, claimed(), uuid7())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()

    assert await rows(store) == []
    assert await things(store) == 0
    assert not wake.is_set()


async def test_events_keep_the_order_in_which_they_were_published(work: UnitsOfWork, store: Database) -> None:
    first, second = uuid7(), uuid7()
    async with work.begin() as uow:
        await uow.create_keys([first])
        said = [
            say(uow, claimed(), second, 1),
            say(uow, detected(first), first, 1),
            say(uow, claimed(), second, 2),
            say(uow, example(CaseProposed, personal={first: PERSONAL}), second, 3),
        ]

    assert [str(row.values["event_id"]) for row in await rows(store)] == [event.envelope.id for event in said]


async def test_an_event_carries_the_id_of_the_transaction_that_said_it(work: UnitsOfWork, store: Database) -> None:
    async with work.begin() as uow:
        xid = await uow.raw.fetchval("select pg_current_xact_id()")
        async with uow.savepoint():
            say(uow, claimed(), uuid7())

    assert [row.values["xid"] for row in await rows(store)] == [xid]


async def test_an_event_that_is_too_large_is_refused_when_it_is_published_with_the_remedy(
    work: UnitsOfWork, store: Database
) -> None:
    dossier = uuid7()
    narrative = "Người báo tin kể lại sự việc. " * 250
    facts = PersonalFacts(names=("Công ty Giả Định " + "x" * 400,) * 140, narrative=narrative)
    async with work.begin() as uow:
        await uow.create_keys([dossier])
        with pytest.raises(Refused) as caught:
            say(uow, example(SignalDetected, personal={dossier: facts}), dossier)

    assert caught.value.problem.slug == "oversize"
    assert caught.value.field == "data"
    assert "dataref" in caught.value.problem.en
    assert await rows(store) == []


async def test_the_sealed_size_decides_not_the_opened_one(work: UnitsOfWork, store: Database) -> None:
    """Base64 makes 3 bytes of 4: what fits in clear may not fit sealed, and is refused before it is too late."""
    dossier = uuid7()
    facts = PersonalFacts(names=("x" * 499,) * 110)
    assert len(facts.model_dump_json()) < 56 * 1024
    async with work.begin() as uow:
        await uow.create_keys([dossier])
        with pytest.raises(Refused):
            say(uow, example(SignalDetected, personal={dossier: facts}), dossier)
        say(uow, example(SignalDetected, personal={dossier: PersonalFacts(names=("x" * 499,) * 90)}), dossier)

    assert len(await rows(store)) == 1


async def test_a_sealed_part_of_another_event_is_not_published(work: UnitsOfWork) -> None:
    async with work.begin() as uow:
        for foreign in ({"sealed": {uuid7(): "AAAA"}}, {"erased": (uuid7(),)}):
            with pytest.raises(ValueError, match="give opened values"):
                say(uow, claimed(**foreign), uuid7())


async def test_a_savepoint_that_fails_takes_its_rows_events_and_keys_with_it(
    work: UnitsOfWork, store: Database
) -> None:
    kept, dropped = uuid7(), uuid7()

    async def fails(uow: UnitOfWork) -> None:
        async with uow.savepoint():
            await uow.raw.execute("insert into thing (id) values (2)")
            await uow.create_keys([dropped])
            say(uow, detected(dropped), dropped)
            raise ZeroDivisionError

    async with work.begin() as uow:
        await uow.raw.execute("insert into thing (id) values (1)")
        say(uow, claimed(), kept, 1)
        with pytest.raises(ZeroDivisionError):
            await fails(uow)
        assert await uow.open_keys([dropped], "look") == {}
        async with uow.savepoint():
            say(uow, claimed(), kept, 2)

    assert await things(store) == 1
    assert [(row.values["aggregate_id"], row.values["aggregate_seq"]) for row in await rows(store)] == [
        (kept, 1),
        (kept, 2),
    ]


async def test_a_message_that_is_already_encoded_goes_out_as_it_is(work: UnitsOfWork, store: Database) -> None:
    message = Message("phoihop.intake.inbound.v1", b"k", b"{}", (("ce_id", b"1"), ("actor", "Lê".encode())))
    async with work.begin() as uow:
        uow.forward(message, uuid7())

    (sent,) = await as_written(await rows(store))

    assert replace(sent, headers=tuple(sorted(sent.headers))) == replace(
        message, headers=tuple(sorted(message.headers))
    )


async def test_relays_are_woken_by_what_was_said_and_by_what_was_put_elsewhere_for_them(
    work: UnitsOfWork, wake: asyncio.Event
) -> None:
    async with work.begin() as uow:
        await uow.raw.execute("insert into thing (id) values (1)")
    assert not wake.is_set()

    async with work.begin() as uow:
        uow.wake_relays()
        assert not wake.is_set()
    assert wake.is_set()

    wake.clear()
    async with work.begin() as uow:
        say(uow, claimed(), uuid7())
    assert wake.is_set()


async def test_a_thousand_events_are_written_at_once_and_stay_in_order(work: UnitsOfWork, store: Database) -> None:
    case = uuid7()
    async with work.begin() as uow:
        for sequence in range(1, 1001):
            say(uow, claimed(), case, sequence)

    found = await rows(store)
    assert [row.values["aggregate_seq"] for row in found] == list(range(1, 1001))
    assert [row.id for row in found] == list(range(found[0].id, found[0].id + 1000))
