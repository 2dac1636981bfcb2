"""The numbers of an outbox, its relay, the keys and the pool, as the real PostgreSQL has them."""

import asyncio

import pytest

from bus.backlog import Asked, backlog
from bus.database import Database
from bus.errors import PublishUnknown
from bus.identity import uuid7
from bus.keys import PUBLISH
from bus.numbers import Histogram
from bus.parked_count import parked_count
from bus.partitions import ahead_of
from bus.sealing import Keyring
from bus.uow import UnitsOfWork
from relay_builders import Log, running
from store_builders import claimed, detected, say

pytestmark = pytest.mark.integration
_PARK = """
insert into parked_event (grp, topic, part, record_offset, record_timestamp, value, header_names, header_values, reason,
  error) values ($1, $2, 0, $3, 0, '', '{}', '{}', 'handler', 'x')
"""


async def test_what_waits_is_counted_with_its_age_and_what_is_hidden_is_not(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    async with work.begin() as uow:
        for _ in range(5):
            say(uow, claimed(), uuid7())
        await uow.create_keys([dossier := uuid7()])
        say(uow, detected(dossier), dossier)
    async with store.autocommit() as raw:
        await raw.execute("update outbox set created_at = created_at - interval '1 minute'")
        every = await backlog(raw, Asked())
        some = await backlog(raw, Asked(hidden=["phoihop.case.v1"]))
        none = await backlog(raw, Asked(hidden=["phoihop.case.v1", "phoihop.signal.v1"]))
    assert every
    assert some
    assert none
    assert (every.rows, some.rows, none.rows) == (6, 1, 0)
    assert 60 <= every.oldest < 120
    assert (none.oldest, none.lease_left, none.epoch) == (0.0, 0.0, 0)

    async with running(store, Log(), wake) as relay:

        def leads() -> bool:
            return relay.numbers.leads

        await relay.caught_up()
        assert relay.numbers.sent == {"phoihop.case.v1": 5, "phoihop.signal.v1": 1}
        assert leads() is True
        async with store.autocommit() as raw:
            held = await backlog(raw, Asked())
        assert held
        assert held.epoch == 1
        assert held.lease_left > 0
    assert leads() is False
    async with store.autocommit() as raw:
        done = await backlog(raw, Asked())
        assert done
        assert (done.rows, done.lease_left) == (0, 0.0)
        assert await ahead_of(raw) == 2


async def test_what_lies_parked_is_counted_by_group_and_what_is_hidden_is_not(store: Database) -> None:
    async with store.autocommit() as raw:
        for offset, topic in enumerate(("phoihop.tip.v1", "phoihop.tip.v1", "phoihop.integrity.v1")):
            await raw.execute(_PARK, "cases.work", topic, offset)
        assert await parked_count(raw) == {"cases.work": 3}
        assert await parked_count(raw, ["phoihop.integrity.v1"]) == {"cases.work": 2}


async def test_keys_are_counted_once_their_transaction_is_committed(work: UnitsOfWork, keyring: Keyring) -> None:
    dossiers = [uuid7() for _ in range(3)]
    numbers = keyring.numbers
    async with work.begin() as uow:
        await uow.create_keys(dossiers)
        assert numbers.created == 0
    assert (numbers.created, numbers.opened, numbers.recalled) == (3, 0, 0)
    async with work.begin() as uow:
        await uow.open_keys(dossiers, PUBLISH)
    assert numbers.recalled == 3
    async with work.begin() as uow:
        await uow.open_keys(dossiers, "route")
    assert (numbers.created, numbers.opened, numbers.recalled) == (3, 3, 3)


async def test_a_batch_whose_answer_was_lost_is_counted_as_sent_again(
    work: UnitsOfWork, store: Database, wake: asyncio.Event
) -> None:
    log = Log()
    log.failures.append(PublishUnknown("lost"))
    async with work.begin() as uow:
        for _ in range(4):
            say(uow, claimed(), uuid7())
    async with running(store, log, wake) as relay:
        await relay.caught_up()
        assert (relay.numbers.resent, relay.numbers.failures) == (4, 1)
        assert relay.numbers.sent == {"phoihop.case.v1": 4}


async def test_the_pool_tells_what_is_in_use(store: Database) -> None:
    async with store.autocommit() as one, store.autocommit():
        assert await one.fetchval("select 1") == 1
        assert store.pool().in_use == 2
    assert (store.pool().in_use, store.pool().open, store.pool().limit) == (0, 2, 4)


def test_a_histogram_counts_a_value_at_its_bound_below_it() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 3.0):
        histogram.observe(value)
    assert (histogram.counts, histogram.count, histogram.sum) == ([2, 1, 1], 4, 6.0)
