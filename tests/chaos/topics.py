"""The topics of a bus as they are, byte for byte: the log of record, and what each unit was sent."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from bench.living import Living
from infra.stack.admin import client_settings

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Line:
    """One record."""

    topic: str
    part: int
    offset: int
    key: str
    headers: Mapping[str, str]
    value: bytes

    @property
    def id(self) -> str:
        """The event's id."""
        return self.headers.get("ce_id", "")

    @property
    def sequence(self) -> int:
        """Its place among the events of its aggregate; 0 where its topic has none."""
        told = self.headers.get("ce_sequence", "")
        return int(told) if told.isdigit() else 0

    @property
    def audience(self) -> Mapping[str, str]:
        """Unit or relation to the word of its view."""
        found: Mapping[str, str] = json.loads(self.headers.get("audience", "{}"))
        return found

    @property
    def place(self) -> tuple[str, int, int]:
        """Where it stands."""
        return self.topic, self.part, self.offset

    @property
    def content(self) -> tuple[Any, ...]:
        """Everything but where it stands."""
        return self.key, tuple(sorted(self.headers.items())), self.value


def dump(bus: Living, topics: Collection[str]) -> list[Line]:
    """Everything in these topics at this moment, each partition in order. Raises TimeoutError or KafkaException."""
    kafka = bus.info.kafka
    settings = client_settings(kafka.bootstrap, kafka.ca, "admin", bus.secret("kafka/admin"))
    ours = {"group.id": "chaos", "enable.partition.eof": True, "enable.auto.commit": False, "log_level": 2}
    consumer = Consumer({**settings, **ours})
    try:
        known = consumer.list_topics(timeout=_SECONDS).topics
        places = [TopicPartition(name, part, OFFSET_BEGINNING) for name in topics for part in known[name].partitions]
        consumer.assign(places)
        return list(_until_each_end(consumer, len(places)))
    finally:
        consumer.close()


def _until_each_end(consumer: Consumer, left: int) -> Iterable[Line]:
    while left:
        message = consumer.poll(_SECONDS)
        if message is None:
            raise TimeoutError(f"neither a record nor an end came within {_SECONDS:.0f} s")
        error = message.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            left -= 1
        elif error is not None:
            raise KafkaException(error)
        else:
            headers = {str(header[0]): _text(header[1]) for header in message.headers() or []}
            place = (message.topic() or "", message.partition() or 0, message.offset() or 0)
            yield Line(*place, _text(message.key() or b""), headers, _bytes(message.value() or b""))


def by_aggregate(lines: Iterable[Line]) -> Mapping[tuple[str, str], Sequence[Line]]:
    """The records of each topic and key, in their order."""
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.topic, line.key].append(line)
    return found


def once(lines: Iterable[Line]) -> list[Line]:
    """The first of each event."""
    return list({line.id: line for line in reversed(list(lines))}.values())[::-1]


def _text(said: str | bytes | None) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said or ""


def _bytes(said: str | bytes) -> bytes:
    return said.encode() if isinstance(said, str) else said
