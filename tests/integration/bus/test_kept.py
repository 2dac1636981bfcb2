"""What readiness says of the parked: a warning near a limit, a reason at it, and a reason where the law is broken."""

import asyncio
from typing import Any

import httpx2
import pytest

from bus.consumer import Consumer
from bus.limits import Limits
from consuming import ADMIN, Stage, consumed
from parked_builders import Trouble, story
from runtime_builders import problem
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.kept import Kept

pytestmark = pytest.mark.integration

LIMITS = Limits(events=5)


async def ready(kept: Kept) -> httpx2.Response:
    """The answer of the readiness door, after a look into the ledger."""
    await kept.ledger.look()
    health = Health(kept.checks(), kept.warnings())
    health.started.set()
    transport = httpx2.ASGITransport(app=create_app("cases", [], health=health))
    async with httpx2.AsyncClient(transport=transport, base_url="http://cases") as client:
        return await client.get("/readyz")


def kept_by(stage: Stage, consumer: Consumer) -> Kept:
    return Kept.of(stage.database, stage.units, LIMITS, consumer)


async def poisoned(stage: Stage, length: int) -> Trouble:
    """So many records of one key, the first of which breaks its handler."""
    stage.topic_of_one()
    events = story(length)
    stage.trouble = trouble = Trouble(events[0])
    await stage.say(*events)
    return trouble


async def test_near_the_limit_readiness_stays_and_says_so(stage: Stage) -> None:
    await poisoned(stage, 4)
    consumer = stage.consumer(limits=LIMITS)
    kept = kept_by(stage, consumer)
    before = await ready(kept)
    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 4)
        near = await ready(kept)

    assert before.json() == {"ready": True, "reasons": {}, "warnings": {}}
    text = f"{stage.group} {stage.topic}: 4 of at most 5 events, 1 of at most 1000 keys are parked"
    assert (near.status_code, near.json()["warnings"]) == (200, {"parked": text})


async def test_at_the_limit_readiness_tells_the_topic_and_comes_back_with_the_room(stage: Stage) -> None:
    trouble = await poisoned(stage, 9)
    consumer = stage.consumer(limits=LIMITS)
    kept = kept_by(stage, consumer)

    async with stage.running(consumer):
        await stage.until(lambda: [state.value for state, _ in consumer.health().values()] == ["full"])
        full = problem(await ready(kept), "unavailable", 503)
        trouble.bad.clear()
        await kept.redrive.sweep(ADMIN, None, 100)
        await stage.until(lambda: consumed(consumer) == 9)
        again = await ready(kept)

    assert full["reasons"] == {"parked": f"{stage.topic}: 5 of at most 5 events are parked"}
    assert again.json() == {"ready": True, "reasons": {}, "warnings": {}}


async def test_a_broken_law_is_a_reason_with_its_numbers_until_it_holds_again(stage: Stage) -> None:
    await poisoned(stage, 3)
    consumer = stage.consumer()
    kept = kept_by(stage, consumer)
    async with stage.running(consumer):
        await stage.until(lambda: consumed(consumer) == 3)

    async def change(by: int) -> dict[str, Any]:
        async with stage.database.autocommit() as raw:
            await raw.execute("update consumer_offset set skipped = skipped + $1", by)
        document: dict[str, Any] = (await ready(kept)).json()
        return document

    broken, mended = await change(1), await change(-1)

    numbers = "3 offsets were passed, but 0 applied, 1 skipped, 3 parked, 0 without a record"
    assert broken["reasons"] == {"ledger": f"{stage.group} {stage.topic}/0: {numbers}"}
    assert (mended["ready"], mended["reasons"]) == (True, {})


async def test_a_database_that_is_away_is_looked_at_later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = kept_by(stage, stage.consumer()).ledger
    monkeypatch.setattr(ledger, "_every", 0.02)
    looks: list[bool] = []
    look = type(ledger).look

    async def away_at_first(one: Any) -> None:
        looks.append(True)
        if len(looks) == 1:
            raise ConnectionResetError
        await look(one)

    monkeypatch.setattr(type(ledger), "look", away_at_first)
    stop = asyncio.Event()
    running = asyncio.create_task(ledger.run(stop))
    await stage.until(lambda: len(looks) > 2)
    stop.set()
    await running
