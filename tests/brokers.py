"""What the contract suite needs of a broker beside its port: topics to be made, made anew, and cut short."""

import asyncio
import secrets
from typing import Protocol

from confluent_kafka import TopicPartition
from confluent_kafka.admin import NewTopic

from bus.broker import Broker, Partition
from bus.kafka import KafkaBroker, KafkaSettings
from bus.memory import MemoryBroker
from infra.stack.provision import Provisioner


class Bench(Protocol):
    """One broker under test."""

    prefix: str

    def broker(self) -> Broker: ...

    async def topic(self, name: str, partitions: int = 3) -> str: ...

    async def drop(self, topic: str) -> None: ...

    async def expire(self, partition: Partition, low: int) -> None: ...

    async def close(self) -> None: ...


class MemoryBench:
    """All clients share the one object that is the broker."""

    def __init__(self) -> None:
        self.prefix = ""
        self._broker = MemoryBroker()

    def broker(self) -> MemoryBroker:
        return self._broker

    async def topic(self, name: str, partitions: int = 3) -> str:
        self._broker.create_topic(name, partitions)
        return name

    async def drop(self, topic: str) -> None:
        self._broker.delete_topic(topic)

    async def expire(self, partition: Partition, low: int) -> None:
        self._broker.expire(partition, low)

    async def close(self) -> None:
        await self._broker.close()


class KafkaBench:
    """A real cluster, with topics and groups under a prefix of this test."""

    def __init__(self, settings: KafkaSettings, provisioner: Provisioner) -> None:
        self.prefix = f"t{secrets.token_hex(4)}."
        self._settings = settings
        self._admin = provisioner.admin
        self._brokers: list[KafkaBroker] = []
        self._topics: set[str] = set()

    def broker(self) -> KafkaBroker:
        self._brokers.append(KafkaBroker(self._settings))
        return self._brokers[-1]

    async def topic(self, name: str, partitions: int = 3) -> str:
        full = self.prefix + name
        made = self._admin.create_topics([NewTopic(full, partitions, 1)], operation_timeout=10)
        await asyncio.wrap_future(made[full])
        self._topics.add(full)
        return full

    async def drop(self, topic: str) -> None:
        await asyncio.wrap_future(self._admin.delete_topics([topic], operation_timeout=10)[topic])
        self._topics.discard(topic)

    async def expire(self, partition: Partition, low: int) -> None:
        await asyncio.gather(
            *map(asyncio.wrap_future, self._admin.delete_records([TopicPartition(*partition, low)]).values())
        )

    async def close(self) -> None:
        for broker in self._brokers:
            await broker.close()
        for topic in tuple(self._topics):
            await self.drop(topic)
