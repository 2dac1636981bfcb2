"""What is parked on a stage: a handler's bug that can be mended, and ways to let a consumer run into it."""

import asyncio
from typing import Any
from uuid import UUID

from bus.identity import uuid7
from bus.ledger import tallies
from consuming import Stage, consumed, said
from schemas.envelope import Event


class Trouble:
    """A handler's bug: it fails on these events until it is mended."""

    def __init__(self, *bad: Event[Any]) -> None:
        self.bad = [one.envelope.id for one in bad]

    def __call__(self, one: Event[Any]) -> None:
        if one.envelope.id in self.bad:
            raise KeyError("0999 000 111")


def story(length: int, aggregate: UUID | None = None) -> list[Event[Any]]:
    """Facts 1 to `length` of one aggregate."""
    about = aggregate or uuid7()
    return [said(about, n) for n in range(1, length + 1)]


async def consume(stage: Stage, count: int, **changes: Any) -> None:
    """Let a consumer take so many records."""
    consumer = stage.consumer(**changes)
    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == count)


async def is_lawful(stage: Stage) -> bool:
    """Whether every offset has its outcome, and everything parked its whereabouts."""
    async with stage.database.autocommit() as raw:
        found = await tallies(raw)
    assert found
    return not [text for one in found if (text := one.broken())]


async def blocked(stage: Stage) -> None:
    """Return once a connection waits for a lock that another one holds."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with asyncio.timeout(20.0):
        while (await stage.rows(waiting))[0][0] == 0:  # noqa: ASYNC110 - only the database knows who waits there
            await asyncio.sleep(0.01)
