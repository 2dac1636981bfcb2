"""From records of the log to rows of a projection: a bare consumer, and the bus's."""

import asyncio
import time
from collections.abc import Sequence
from random import random
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer

from bench.hot.ground import Ground
from bus.consumer import Consumer, Listening, Subscription
from bus.database import Raw
from bus.kafka import KafkaBroker
from bus.retry import Backoff
from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.signal import SignalDetected

_BATCH = 1_000
_PROJECT = """
insert into projected as p (aggregate, event_id, sequence, payload)
select distinct on (e.aggregate) e.aggregate, e.event_id, e.sequence, e.payload
from unnest($1::uuid[], $2::text[], $3::bigint[], $4::jsonb[]) as e (aggregate, event_id, sequence, payload)
order by e.aggregate, e.sequence desc
on conflict (aggregate) do update set event_id = excluded.event_id, sequence = excluded.sequence,
  payload = excluded.payload
"""

Rows = tuple[list[UUID], list[str], list[int], list[str]]


async def floor(ground: Ground, count: int) -> float:
    """Events a second of the least that must be done: fetch, validate, write; no offset is kept, nothing unsealed."""
    options = {**ground.settings().asyncio_options(), "enable_auto_commit": False, "auto_offset_reset": "earliest"}
    consumer = AIOKafkaConsumer(ground.topic, group_id=f"{ground.topic}.floor.{random()}", **options)
    await consumer.start()
    try:
        await _assigned(consumer)
        began, done = time.perf_counter(), 0
        async with ground.store.autocommit() as raw:
            while done < count:
                for records in (await consumer.getmany(timeout_ms=1_000, max_records=_BATCH)).values():
                    await _write(raw, _bare(records))
                    done += len(records)
        return count / (time.perf_counter() - began)
    finally:
        await consumer.stop()


async def _assigned(consumer: AIOKafkaConsumer) -> None:
    while not consumer.assignment():
        await consumer.getmany(timeout_ms=50, max_records=0)


def _bare(records: Sequence[Any]) -> Rows:
    rows: Rows = ([], [], [], [])
    for record in records:
        SignalDetected.model_validate_json(record.value)
        headers = dict(record.headers)
        rows[0].append(UUID(record.key.decode()))
        rows[1].append(headers["ce_id"].decode())
        rows[2].append(int(headers["ce_sequence"]))
        rows[3].append(record.value.decode())
    return rows


async def ours(ground: Ground, count: int) -> float:
    """Events a second of the bus's consumer, from its first batch to the last: fenced, in sequence, unsealed."""
    done, seen = asyncio.Event(), 0
    first: tuple[float, int] = (0.0, 0)

    async def project(events: Sequence[Event[Any]], unit: UnitOfWork) -> None:
        nonlocal seen, first
        opened = await unit.unseal(events, "bench")
        await _write(unit.raw, _projected(opened))
        seen += len(events)
        # The first batch opens every key; what is measured is the path with warm ones.
        first = first if first[1] else (time.perf_counter(), seen)
        if seen >= count:
            done.set()

    listening = Listening(
        group=f"{ground.topic}.ours.{random()}",
        topics=(ground.topic,),
        subscriptions={SignalDetected: Subscription(project, "project")},
    )
    broker, stop = KafkaBroker(ground.settings()), asyncio.Event()
    consumer = Consumer(broker, ground.units(), listening, owner="bench", backoff=Backoff(random))
    running = asyncio.create_task(consumer.run(stop))
    try:
        await asyncio.wait({running, asyncio.create_task(done.wait())}, return_when=asyncio.FIRST_COMPLETED)
        return (count - first[1]) / (time.perf_counter() - first[0])
    finally:
        stop.set()
        await running
        await broker.close()


def _projected(events: Sequence[Event[Any]]) -> Rows:
    return (
        [UUID(one.envelope.subject) for one in events],
        [one.envelope.id for one in events],
        [one.envelope.sequence or 0 for one in events],
        [one.carried.value.decode() if one.carried and one.data.personal else "{}" for one in events],
    )


async def _write(raw: Raw, rows: Rows) -> None:
    await raw.execute(_PROJECT, *rows)
