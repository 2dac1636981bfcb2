"""A service says that it is not ready while its database is away, or a partition of its log cannot be read."""

from types import SimpleNamespace
from typing import cast

import pytest

from bus.broker import Partition
from bus.consumer import Consumer
from bus.database import Database
from bus.gate import State
from bus.relay import Relay
from infra.stack.testing import TestDatabase
from services.runtime.bus_checks import log_is_whole, sends, takes_part
from services.runtime.checks import database_answers

pytestmark = pytest.mark.integration


async def test_a_database_that_answers_is_no_reason_and_one_that_is_gone_is_named(database: TestDatabase) -> None:
    here = Database.connect(database.url("directory"), pool_size=1)
    gone = Database.connect("postgresql+asyncpg://directory:x@127.0.0.1:1/none", pool_size=1)

    assert await database_answers(here)() is None
    assert await database_answers(gone)() == "ConnectionRefusedError"
    await here.close()
    await gone.close()


async def test_a_partition_that_cannot_be_read_is_named_and_one_that_is_tried_again_is_not() -> None:
    health = {
        Partition("phoihop.case.v1", 0): (State.LOG_GAP, "offset 7 is before the log's 9"),
        Partition("phoihop.tip.v1", 1): (State.WAITING, "PublishUnknown"),
    }
    consumer = cast("Consumer", SimpleNamespace(health=lambda: health))

    told = await log_is_whole(consumer)()

    assert told is not None
    assert told.startswith("phoihop.case.v1: offset 7 is before the log's 9. To heal it: ")
    assert "phoihop outbox resend" in told


@pytest.mark.parametrize("trouble", [None, "Transient"])
async def test_a_consumer_out_of_its_group_and_a_relay_that_fails_are_reasons(trouble: str | None) -> None:
    part = SimpleNamespace(trouble=lambda: trouble)

    assert await takes_part(cast("Consumer", part))() == trouble
    assert await sends(cast("Relay", part))() == trouble
