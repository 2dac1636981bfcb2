"""The law consumed = applied + skipped + parked, kept in the database and checked there."""

import asyncio

import pytest

from bus import ddl
from bus.database import Database
from bus.identity import uuid7
from bus.ledger import Ledger, tallies
from bus.limits import Limits
from consuming import ADMIN, EFFECTS, Stage, said
from parked_builders import Trouble, consume, story
from schemas.events.case import CaseProposed

pytestmark = pytest.mark.integration


_KEPT = """
insert into parked_event select 'g', 't', 0, n, 0, null, '', '{}', '{}', 'handler', 'x' from generate_series(1, 9) n
"""


@pytest.fixture
def ledger(stage: Stage) -> Ledger:
    return Ledger(stage.database, Limits())


async def poisoned(stage: Stage) -> None:
    """Twelve records of one partition: three applied, two skipped for their type, one repeated, six parked."""
    stage.topic_of_one()
    bad, good = story(6), story(3)
    stage.trouble = Trouble(bad[0])
    foreign = [said(uuid7(), 1, CaseProposed) for _ in range(2)]
    await stage.say(*bad, *good, *foreign, good[0])
    await consume(stage, 12)


async def test_every_offset_is_accounted_for_in_the_transaction_that_passed_it(stage: Stage, ledger: Ledger) -> None:
    await poisoned(stage)

    await ledger.look()

    (one,) = ledger.tallies
    assert (one.group, one.topic, one.partition) == (stage.group, stage.topic, 0)
    assert (one.passed, one.applied, one.skipped, one.parked, one.void) == (12, 3, 3, 6, 0)
    assert (one.held, one.redriven, one.discarded) == (6, 0, 0)
    assert [(one.events, one.keys, one.empty) for one in ledger.holdings] == [(6, 1, 0)]
    assert ledger.violations() == []


async def test_what_is_redriven_stays_accounted_for(stage: Stage, ledger: Ledger) -> None:
    await poisoned(stage)
    stage.trouble = lambda _event: None
    await stage.redrive().sweep(ADMIN, None, 4)

    await ledger.look()

    (one,) = ledger.tallies
    assert (one.parked, one.held, one.redriven) == (6, 2, 4)
    assert ledger.violations() == []


@pytest.mark.parametrize(
    ("change", "said_so"),
    [
        ("update consumer_offset set applied = applied - 1", "12 offsets were passed, but 2 applied, 3 skipped"),
        ("update consumer_offset set next_offset = 14", "14 offsets were passed, but 3 applied"),
        ("update consumer_offset set void = -1, applied = 4", "-1 without a record"),
        ("delete from parked_event where record_offset = 3", "6 were parked, but 5 are held, 0 redriven, 0 discarded"),
        ("delete from parked_event", "1 keys are held for nothing"),
    ],
)
async def test_whatever_is_missing_is_said_with_its_numbers(
    stage: Stage, ledger: Ledger, change: str, said_so: str
) -> None:
    await poisoned(stage)
    async with stage.database.autocommit() as raw:
        await raw.execute(change)

    await ledger.look()

    assert any(said_so in text for text in ledger.violations()), ledger.violations()


async def test_the_look_is_taken_again_and_again_until_stopped(stage: Stage) -> None:
    ledger, stop = Ledger(stage.database, Limits(), every=0.02), asyncio.Event()
    looking = asyncio.create_task(ledger.run(stop))
    await poisoned(stage)
    await stage.until(lambda: bool(ledger.tallies) and ledger.tallies[0].passed == 12)
    async with stage.database.autocommit() as raw:
        await raw.execute("update consumer_offset set skipped = 0")

    await stage.until(lambda: bool(ledger.violations()))

    stop.set()
    await looking


async def test_a_group_that_was_there_before_begins_to_be_counted_where_it_stands(store: Database) -> None:
    async with store.autocommit() as raw:
        for row in await raw.fetch("select tablename from pg_tables where schemaname = current_schema()"):
            await raw.execute(f'drop table if exists "{row["tablename"]}" cascade')
        for statement in (*ddl.statements("0001_bus"), EFFECTS):
            await raw.execute(statement)
        await raw.execute(
            "insert into consumer_offset select 'g', 't', n, 70, 3, 'o', 'c', 'i' from generate_series(0, 1) n"
        )
        await raw.execute(_KEPT)

        for statement in ddl.statements("0002_parking"):
            await raw.execute(statement)

        found = await tallies(raw)
    assert [(one.passed, one.parked, one.held, one.broken()) for one in found] == [(9, 9, 9, None), (0, 0, 0, None)]
