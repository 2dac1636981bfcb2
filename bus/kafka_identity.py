"""The ids of a cluster and its topics, which aiokafka's metadata lacks, and what a topic holds."""

import asyncio
from collections.abc import Collection

from confluent_kafka import KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from bus.broker import Identity, LogPlace
from bus.errors import Transient
from bus.kafka_access import KafkaSettings

_SECONDS = 10.0


async def identify(settings: KafkaSettings, topics: Collection[str]) -> Identity:
    """Ask for the ids. Raises `Transient`, also for a topic that does not exist or may not be described."""
    try:
        # A client is made for each question: it is asked once an assignment, and an idle one would hold connections.
        return await asyncio.to_thread(_ask, settings, sorted(topics))
    except (KafkaException, TimeoutError) as error:
        raise Transient(f"the ids of {', '.join(sorted(topics))} could not be read: {error}") from error


async def describe(settings: KafkaSettings, topic: str) -> LogPlace:
    """One topic as it is now. Raises `Transient`, also for one that does not exist or may not be described."""
    try:
        return await asyncio.to_thread(_describe, settings, topic)
    except (KafkaException, TimeoutError) as error:
        raise Transient(f"{topic} could not be described: {error}") from error


def _describe(settings: KafkaSettings, topic: str) -> LogPlace:
    found = _ask(settings, [topic])
    admin = AdminClient(settings.librdkafka_options())
    parts = range(found.partitions[topic])

    def offsets(spec: OffsetSpec) -> dict[int, int]:
        asked = admin.list_offsets({TopicPartition(topic, part): spec for part in parts}, request_timeout=_SECONDS)
        return {place.partition: future.result(timeout=_SECONDS).offset for place, future in asked.items()}

    lows = offsets(OffsetSpec.earliest())  # type: ignore[no-untyped-call] # the library forgot to say
    ends = offsets(OffsetSpec.latest())  # type: ignore[no-untyped-call] # the same
    return LogPlace(found.cluster, found.topics[topic], lows, ends)


def _ask(settings: KafkaSettings, topics: list[str]) -> Identity:
    admin = AdminClient(settings.librdkafka_options())
    described = admin.describe_topics(TopicCollection(topics), request_timeout=_SECONDS)
    cluster = admin.describe_cluster(request_timeout=_SECONDS).result(timeout=_SECONDS)
    found = {name: future.result(timeout=_SECONDS) for name, future in described.items()}
    ids = {name: str(topic.topic_id) for name, topic in found.items()}
    return Identity(str(cluster.cluster_id), ids, {name: len(topic.partitions) for name, topic in found.items()})
