"""Which topics a principal can see: those that exist and that it may describe."""

import asyncio

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from bus.errors import Transient
from bus.kafka_access import KafkaSettings

_SECONDS = 10.0


async def visible_topics(settings: KafkaSettings) -> frozenset[str]:
    """The names that the broker shows to this principal; raises `Transient`.

    Ask before subscribing to topics that others make: a group is refused as a whole for one that it may not read.
    """
    try:
        return await asyncio.to_thread(_ask, settings)
    except KafkaException as error:
        raise Transient(f"the topics could not be listed: {error}") from error


def _ask(settings: KafkaSettings) -> frozenset[str]:
    found = AdminClient(settings.librdkafka_options()).list_topics(timeout=_SECONDS).topics
    return frozenset(name for name, topic in found.items() if topic.error is None)
