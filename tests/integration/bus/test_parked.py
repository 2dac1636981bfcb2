"""Looking at what is parked."""

from dataclasses import replace
from typing import Any

import pytest

from bus.identity import uuid7
from bus.parked import ParkedAt, parked_counts, parked_record, parked_records
from bus.wire import decode, encode
from consuming import Stage, consumed, said
from schemas.envelope import Event

pytestmark = pytest.mark.integration


@pytest.fixture
async def events(stage: Stage) -> list[Event[Any]]:
    """Five facts about one case, the second of them spoilt: so four are parked."""
    aggregate = uuid7()
    made = [said(aggregate, n) for n in range(1, 6)]
    messages = [encode(one, stage.topic) for one in made]
    messages[1] = replace(messages[1], value=b"{")
    await stage.send(*messages)
    consumer = stage.consumer()
    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 5)
    return made


async def test_what_is_parked_is_paged_in_order_and_can_be_read_again(stage: Stage, events: list[Event[Any]]) -> None:
    async with stage.database.autocommit() as raw:
        first = await parked_records(raw, limit=3)
        rest = await parked_records(raw, after=first[-1].at, limit=3)

    assert [one.reason for one in (*first, *rest)] == ["undecodable", "behind", "behind", "behind"]
    assert [decode(one.record) for one in (*first, *rest)[1:]] == events[2:]


async def test_one_parked_record_is_found_by_its_place(stage: Stage, events: list[Event[Any]]) -> None:
    async with stage.database.autocommit() as raw:
        (one,) = await parked_records(raw, reason="undecodable")
        found = await parked_record(raw, one.at)
        nothing = await parked_record(raw, ParkedAt(*one.at[:3], 99))

    assert found == one
    assert found.error.startswith("data: Invalid JSON")
    assert nothing is None


async def test_the_parked_are_counted_by_reason(stage: Stage, events: list[Event[Any]]) -> None:
    async with stage.database.autocommit() as raw:
        assert await parked_counts(raw) == {"behind": 3, "undecodable": 1}
