"""From outbox rows to records that Kafka acknowledged: a bare cursor with a bare producer, and the relay."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from bench.hot.ground import Ground
from bus.kafka import KafkaBroker
from bus.lanes import MAX_BATCH_BYTES
from bus.partition import partition_of
from bus.relay import Relay

_ROWS = 1_000
_READ = "select id, topic, msg_key, headers, payload from outbox where id > $1 order by id limit $2"


async def floor(ground: Ground, count: int) -> float:
    """Events a second of the least that must be done: read by id, batch, send, wait; nothing is kept of the place."""
    producer = AIOKafkaProducer(
        **ground.settings().asyncio_options(), acks="all", enable_idempotence=True, max_batch_size=MAX_BATCH_BYTES
    )
    await producer.start()
    try:
        partitions = len(await producer.partitions_for(ground.topic))
        began, high, done = time.perf_counter(), 0, 0
        async with ground.store.autocommit() as raw:
            while done < count:
                rows = await raw.fetch(_READ, high, _ROWS)
                await _sent(producer, rows, partitions)
                high, done = rows[-1]["id"], done + len(rows)
        return count / (time.perf_counter() - began)
    finally:
        await producer.stop()


async def _sent(producer: AIOKafkaProducer, rows: Sequence[Any], partitions: int) -> None:
    """One batch a partition, as full as it gets."""
    lanes: dict[tuple[str, int], Any] = {}
    waiting = []
    for row in rows:
        place = row["topic"], partition_of(row["msg_key"], partitions)
        said = {
            "key": row["msg_key"],
            "value": row["payload"],
            "timestamp": None,
            "headers": [(name, value.encode()) for name, value in row["headers"].items()],
        }
        batch = lanes.setdefault(place, producer.create_batch())
        if batch.append(**said) is None:
            waiting.append(await producer.send_batch(batch, place[0], partition=place[1]))
            lanes[place] = producer.create_batch()
            lanes[place].append(**said)
    for (topic, number), batch in lanes.items():
        waiting.append(await producer.send_batch(batch, topic, partition=number))
    await asyncio.gather(*waiting)


async def ours(ground: Ground, count: int) -> float:
    """Events a second of the relay, from a cursor that stands at the beginning until it has caught up."""
    async with ground.store.autocommit() as raw:
        await raw.execute("update outbox_cursor set high = 0, gaps = '{}', lease_until = '-infinity'")
    broker, stop, wake = KafkaBroker(ground.settings()), asyncio.Event(), asyncio.Event()
    relay = Relay(ground.store, broker, owner="bench", wake=wake)
    began = time.perf_counter()
    running = asyncio.create_task(relay.run(stop))
    try:
        await relay.caught_up()
        return count / (time.perf_counter() - began)
    finally:
        stop.set()
        await running
        await broker.close()
