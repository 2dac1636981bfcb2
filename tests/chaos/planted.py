"""Records that no service of ours would write, put on the log by somebody who may: each parks its own key alone."""

from collections.abc import Sequence
from random import Random
from uuid import UUID

from confluent_kafka import Producer

from bench.living import Living
from bus.message import Message
from bus.wire import encode
from consuming import said
from infra.stack.admin import client_settings
from schemas.topics import Topics

TOPIC = Topics().of_aggregate("case")
OVERSIZE = 300_000
_SECONDS = 30.0


def bad_records(random: Random) -> list[Message]:
    """Undecodable, of a version that is not known yet, and far too large; each with a sound one behind it."""
    found: list[Message] = []
    for change in (_undecodable, _next_version, _oversize):
        aggregate = UUID(int=random.getrandbits(128), version=4)
        first, second = (encode(said(aggregate, n), TOPIC) for n in (1, 2))
        found += [change(first), second]
    return found


def keys(messages: Sequence[Message]) -> set[str]:
    """The keys that they park."""
    return {(message.key or b"").decode() for message in messages}


def plant(bus: Living, messages: Sequence[Message]) -> None:
    """Write them as the broker's administrator. Raises TimeoutError."""
    kafka = bus.info.kafka
    producer = Producer(client_settings(kafka.bootstrap, kafka.ca, "admin", bus.secret("kafka/admin")))
    for message in messages:
        producer.produce(message.topic, message.value, message.key, headers=list(message.headers))
    if producer.flush(_SECONDS):
        raise TimeoutError(f"the broker did not take the planted records within {_SECONDS:.0f} s")


def _undecodable(message: Message) -> Message:
    return Message(message.topic, message.key, b"\x00\xff not json", message.headers)


def _next_version(message: Message) -> Message:
    headers = tuple(
        (name, value.replace(b".v1", b".v9") if name == "ce_type" else value) for name, value in message.headers
    )
    return Message(message.topic, message.key, message.value, headers)


def _oversize(message: Message) -> Message:
    return Message(message.topic, message.key, b'{"note":"' + b"x" * OVERSIZE + b'"}', message.headers)
