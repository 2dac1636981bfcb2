"""What lies in a unit's topic, read as the unit's own system reads it: with its own login, on the units' listener."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from bus_run import Bus

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """One record of `to.<unit>`, byte for byte."""

    unit: str
    headers: Mapping[str, str]
    value: bytes
    raw: bytes
    """Key, headers and value behind each other: everything that the unit received."""

    @property
    def number(self) -> int:
        """Its feed number."""
        return int(self.headers["ce_feednumber"])

    def event(self) -> dict[str, Any]:
        """Type, subject and data, as the same event has them by HTTP."""
        subject = self.headers.get("ce_subject", "")
        return {"type": self.headers["ce_type"], "subject": subject, "data": json.loads(self.value)}


def read_topic(bus: Bus, unit: str) -> list[Delivered]:
    """Everything in the unit's topic at this moment, in order."""
    settings = {"group.id": f"unit.{unit}.walk", "enable.partition.eof": True, "enable.auto.commit": False}
    settings["fetch.wait.max.ms"] = 20
    consumer = Consumer({**bus.access.of(unit), **settings})
    found: list[Delivered] = []
    try:
        # Assigned and not subscribed: nobody joins a group, so two readers do not take partitions from each other.
        consumer.assign([TopicPartition(f"to.{unit}", 0, OFFSET_BEGINNING)])
        while True:
            message = consumer.poll(_SECONDS)
            if message is None:
                raise TimeoutError(f"to.{unit}: neither a record nor the end came within {_SECONDS:.0f} s")
            error = message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                return found
            if error is not None:
                raise KafkaException(error)
            found.append(_delivered(unit, message.key(), message.headers() or [], message.value() or b""))
    finally:
        consumer.close()


def _delivered(unit: str, key: bytes | str | None, headers: object, value: bytes | str) -> Delivered:
    named = {name: _text(said) for name, said in headers}  # type: ignore[attr-defined] # pairs, though not typed so
    body = _bytes(value)
    raw = b"\n".join([_bytes(key or b""), *(f"{name}: {said}".encode() for name, said in named.items()), body])
    return Delivered(unit, named, body, raw)


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said


def _text(said: object) -> str:
    return said.decode() if isinstance(said, bytes) else str(said)
