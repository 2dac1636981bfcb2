"""The broker port on Apache Kafka, and the only place that knows aiokafka and its traps."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from bus.broker import Bounds, Identity, Listener, LogPlace, Partition
from bus.errors import LogGap, PublishUnknown, Transient
from bus.kafka_access import KafkaSettings
from bus.kafka_farewell import leave
from bus.kafka_identity import describe, identify
from bus.kafka_pulse import Pulse
from bus.lanes import MAX_BATCH_BYTES, append, lanes
from bus.message import Message, Record

__all__ = ["KafkaBroker", "KafkaSettings"]

_NO_PARTITION = TopicPartition("", 0)
_GRACE = 1.0
log = structlog.get_logger(__name__)


class KafkaBroker:
    """A Kafka cluster as one principal sees it. Make it inside the event loop; it connects when first used.

    `pulse` tells whether the brokers answer.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._making = asyncio.Lock()
        self.pulse = Pulse(lambda: AIOKafkaClient(**settings.asyncio_options()), self._asked, (KafkaError, OSError))

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append all of them; see `Broker.publish`. After an unknown outcome the next call uses a new producer."""
        try:
            async with asyncio.timeout(self._settings.publish_seconds):
                await self._send(await self._ready(), messages)
        except (KafkaError, OSError) as error:
            # An idempotent producer never gives up, and after a lost sequence number fails for ever.
            await self._discard()
            raise PublishUnknown(f"{len(messages)} messages: {type(error).__name__} {error}".rstrip()) from error

    def reader(self, group: str, topics: Iterable[str], listener: Listener) -> "KafkaReader":
        """A member of `group`, not yet started."""
        return KafkaReader(self._settings, group, topics, listener)

    async def describe(self, topic: str) -> LogPlace:
        """See `Broker.describe`."""
        return await describe(self._settings, topic)

    async def close(self) -> None:
        """End the producer: with its last acknowledgements, or without them after `close_seconds`."""
        await self.pulse.close()
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            await asyncio.wait_for(leave(producer.client, producer.stop), self._settings.close_seconds)
        except (OSError, KafkaError) as error:
            log.warning("producer_not_closed", error=type(error).__name__)
            await _abort(producer, self._settings.close_seconds)

    async def _asked(self, client: Any) -> None:
        with suppress(OSError, KafkaError):  # a connection that broke is closed too
            await asyncio.wait_for(leave(client, client.close), self._settings.close_seconds)

    async def _ready(self) -> AIOKafkaProducer:
        async with self._making:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._settings.asyncio_options(),
                    acks="all",
                    enable_idempotence=True,
                    max_batch_size=MAX_BATCH_BYTES,
                )
                try:
                    await producer.start()
                except BaseException:
                    await _abort(producer, self._settings.close_seconds)
                    raise
                self._producer = producer
            return self._producer

    async def _discard(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _abort(producer, self._settings.close_seconds)

    async def _send(self, producer: AIOKafkaProducer, messages: Sequence[Message]) -> None:
        counts = {topic: len(await producer.partitions_for(topic)) for topic in {one.topic for one in messages}}
        sent = await asyncio.gather(
            *(append(producer, lane, waiting) for lane, waiting in lanes(messages, counts).items()),
            return_exceptions=True,
        )
        for outcome in sent:
            if outcome is not None:
                raise outcome


async def _abort(client: Any, seconds: float) -> None:
    """End a producer without waiting for what it still wants to send; a frozen broker would keep `stop()` for ever."""
    client._closed = True  # noqa: SLF001 - aiokafka has no public way to give up
    task = client._sender.sender_task  # noqa: SLF001 - the same
    if task is not None:
        task.cancel()
    try:
        async with asyncio.timeout(seconds):
            await leave(client.client, client.client.close)
            if task is not None:
                await asyncio.wait({task})
    except (OSError, KafkaError) as error:
        log.warning("producer_abandoned", error=type(error).__name__)


class _Told(ConsumerRebalanceListener):
    """Passes assignments on, and keeps what the listener raises: aiokafka would only log it and read on.

    `positions` are those set since the last assignment.
    """

    def __init__(self, listener: Listener) -> None:
        self.failure: Exception | None = None
        self.positions: dict[Partition, int] = {}
        self._listener = listener

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.positions.clear()
        self._tell(self._listener.revoked, revoked)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.positions.clear()
        self._tell(self._listener.assigned, assigned)

    def _tell(self, hear: Any, partitions: Iterable[TopicPartition]) -> None:
        try:
            hear([Partition(one.topic, one.partition) for one in partitions])
        except Exception as error:  # noqa: BLE001 - kept, and raised by the next fetch
            self.failure = error


class KafkaReader:
    """One member of a group, on aiokafka's consumer: nothing is committed for it, and no position is ever guessed."""

    def __init__(self, settings: KafkaSettings, group: str, topics: Iterable[str], listener: Listener) -> None:
        self._settings = settings
        self._topics = tuple(topics)
        self._told = _Told(listener)
        self._unreadable: dict[Partition, int] = {}
        self._consumer = AIOKafkaConsumer(
            **settings.asyncio_options(),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=settings.partition_bytes,
            fetch_max_wait_ms=int(settings.fetch_wait_seconds * 1000),
            session_timeout_ms=int(settings.session_seconds * 1000),
            heartbeat_interval_ms=int(settings.session_seconds * 100),
        )

    async def start(self) -> None:
        """Join the group."""
        self.update_topics(self._topics)
        try:
            await self._consumer.start()
        except (KafkaError, OSError) as error:
            raise Transient(f"the group could not be joined: {type(error).__name__} {error}".rstrip()) from error

    async def stop(self) -> None:
        """Leave the group, or give up after `close_seconds`: the session then ends by itself."""
        try:
            await asyncio.wait_for(leave(self._consumer._client, self._consumer.stop), self._settings.close_seconds)  # noqa: SLF001 - its connections
        except (OSError, KafkaError) as error:
            log.warning("reader_not_closed", error=type(error).__name__)

    async def fetch(
        self, max_records: int, timeout: float, only: Collection[Partition]
    ) -> Mapping[Partition, Sequence[Record]]:
        """See `Reader.fetch`. A record that aiokafka cannot take apart comes without key, value and headers.

        So does what follows it in the batch that its producer sent: aiokafka reads a batch from its beginning.
        """
        if self._told.failure is not None:
            raise Transient("an assignment was not heard") from self._told.failure
        for partition in only:
            if partition in self._unreadable:
                return await self._around(partition, max_records)
        # One partition without a position would keep aiokafka from fetching any other of the same broker.
        placed = [partition for partition in only if partition in self._told.positions]
        try:
            return await self._take(max_records, timeout, placed)
        except ValueError as error:
            self._find_unreadable(placed, error)
            return {}

    async def _take(
        self, max_records: int, timeout: float, only: Collection[Partition]
    ) -> dict[Partition, list[Record]]:
        # Without partitions `getmany` would take from all of them; it is called even so, because it keeps the
        # membership alive and tells what went wrong with it.
        wanted = [TopicPartition(*one) for one in only] or [_NO_PARTITION]
        try:
            # While a rebalance lasts, `getmany` waits for its end whatever its own timeout says.
            async with asyncio.timeout(timeout + _GRACE):
                found = await self._consumer.getmany(*wanted, timeout_ms=int(timeout * 1000), max_records=max_records)
        except (TimeoutError, NoOffsetForPartitionError):
            # No offset: noted before our own position was set.
            return {}
        except OffsetOutOfRangeError as error:
            raise LogGap(str(error)) from error
        except (KafkaError, OSError) as error:
            raise Transient(f"{type(error).__name__} {error}".rstrip()) from error
        records = {Partition(*one): [_record(each) for each in fetched] for one, fetched in found.items()}
        self._told.positions.update({partition: fetched[-1].offset + 1 for partition, fetched in records.items()})
        return records

    def _find_unreadable(self, only: Collection[Partition], error: ValueError) -> None:
        """Find the record that broke the fetch, and go back to before it: aiokafka dropped what it had read so far."""
        for partition in only:
            fetched = self._consumer._fetcher._records.get(TopicPartition(*partition))  # noqa: SLF001 - nowhere else
            broken = getattr(fetched, "_partition_records", None)
            if broken is not None and broken._records_iterator.gi_frame is None:  # noqa: SLF001 - the same
                self._unreadable[partition] = broken.next_fetch_offset
            self.seek(partition, self._told.positions[partition])
        if not self._unreadable:
            raise Transient("a fetch could not be read") from error

    async def _around(self, partition: Partition, max_records: int) -> Mapping[Partition, Sequence[Record]]:
        """Read up to the record that cannot be read, then hand it out empty and go on behind it."""
        at, before = self._unreadable[partition], self._unreadable[partition] - self._told.positions[partition]
        if before > 0:
            return await self._take(min(max_records, before), _GRACE, [partition])
        del self._unreadable[partition]
        self.seek(partition, at + 1)
        log.error("record_unreadable", topic=partition.topic, part=partition.number, offset=at)
        empty = Record(partition.topic, None, b"", (), partition=partition.number, offset=at, timestamp=0)
        return {partition: [empty]}

    def seek(self, partition: Partition, offset: int) -> bool:
        """See `Reader.seek`."""
        try:
            self._consumer.seek(TopicPartition(*partition), offset)
        except KafkaError:
            return False
        self._told.positions[partition] = offset
        return True

    async def bounds(self, partitions: Collection[Partition]) -> Mapping[Partition, Bounds]:
        """See `Reader.bounds`."""
        wanted = [TopicPartition(*one) for one in partitions]
        try:
            low = await self._consumer.beginning_offsets(wanted)
            end = await self._consumer.end_offsets(wanted)
        except (KafkaError, OSError) as error:
            raise Transient(f"bounds could not be read: {type(error).__name__} {error}".rstrip()) from error
        return {Partition(*one): Bounds(low[one], end[one]) for one in wanted}

    async def identity(self, topics: Collection[str]) -> Identity:
        """See `Reader.identity`."""
        return await identify(self._settings, topics)

    async def report(self, offsets: Mapping[Partition, int]) -> None:
        """Commit the offsets to Kafka, where nobody reads them but people."""
        if not offsets:
            return
        try:
            async with asyncio.timeout(self._settings.close_seconds):
                await self._consumer.commit({TopicPartition(*one): offset for one, offset in offsets.items()})
        except (KafkaError, OSError) as error:
            raise Transient(f"{type(error).__name__} {error}".rstrip()) from error

    def update_topics(self, topics: Iterable[str]) -> None:
        """See `Reader.update_topics`."""
        self._topics = tuple(topics)
        self._consumer.subscribe(topics=self._topics, listener=self._told)


def _record(found: "ConsumerRecord[bytes, bytes]") -> Record:
    return Record(
        found.topic,
        found.key,
        found.value or b"",
        found.headers,
        partition=found.partition,
        offset=found.offset,
        timestamp=found.timestamp,
    )
