"""Messages on their way to partitions: one lane each, batch after batch."""

from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Protocol

from bus.broker import Partition
from bus.errors import PublishUnknown
from bus.message import Message
from bus.partition import partition_of

MAX_BATCH_BYTES = 1024 * 1024


class Producer(Protocol):
    """What a lane needs of Kafka's producer."""

    def create_batch(self) -> Any:
        """An empty batch of at most `MAX_BATCH_BYTES`."""

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Awaitable[Any]:
        """Hand a batch over; what is returned ends when the broker has acknowledged it."""


def lanes(messages: Sequence[Message], counts: Mapping[str, int]) -> dict[Partition, list[Message]]:
    """The messages by partition, in order. `counts` is how many partitions each topic has."""
    found: defaultdict[Partition, list[Message]] = defaultdict(list)
    for message in messages:
        found[Partition(message.topic, partition_of(message.key, counts[message.topic]))].append(message)
    return dict(found)


async def append(producer: Producer, lane: Partition, messages: Sequence[Message]) -> None:
    """Send one partition's messages and return when all are acknowledged.

    Batch after batch: a later one must not be written where an earlier one was lost. Raises `PublishUnknown` for a
    message that is larger than a whole batch.
    """
    sent = 0
    while sent < len(messages):
        batch = producer.create_batch()
        size = _fill(batch, messages, sent)
        if size == 0:
            raise PublishUnknown(f"a message for {lane.topic} is larger than a batch of {MAX_BATCH_BYTES} bytes")
        acknowledged = await producer.send_batch(batch, lane.topic, partition=lane.number)
        await acknowledged
        sent += size


def _fill(batch: Any, messages: Sequence[Message], start: int) -> int:
    """How many messages from `start` on went in: a full batch takes no more, and says so only by returning None."""
    for taken, message in enumerate(messages[start:]):
        added = batch.append(timestamp=None, key=message.key, value=message.value, headers=list(message.headers))
        if added is None:
            return taken
    return len(messages) - start
