"""A unit's own door to Kafka: its login on the units' listener, and what it reads from `to.<unit>`."""

import json
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from cli.received import Received

PREFIX = "vn.phoihop."
_POLL_SECONDS = 0.5
_METADATA_SECONDS, _METADATA_TRIES = 2.0, 5
_AWAY = {KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._PARTITION_EOF}  # noqa: SLF001 - librdkafka's own codes, public under these names


@dataclass(frozen=True, slots=True)
class Access:
    """Where the units' listener is, its CA, and the folder with each unit's secret."""

    bootstrap: str
    ca: Path
    secrets: Path

    def of(self, unit: str) -> dict[str, Any]:
        """Settings of one unit's login, in librdkafka's words; raises OSError where its secret cannot be read."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": unit,
            "sasl.password": (self.secrets / unit).read_text("utf-8").strip(),
            "ssl.ca.location": str(self.ca),
            "reconnect.backoff.max.ms": 1000,
            "log_level": 2,
        }


def feed(unit: str, settings: dict[str, Any], *, follow: bool) -> Generator[Received, None, None]:
    """Everything on `to.<unit>` from its start: up to what it holds now, or for ever with `follow`.

    Raises KafkaException where the broker refuses or does not answer. No offset is kept anywhere.
    """
    faults: list[KafkaError] = []
    ours = {"group.id": f"unit.{unit}.cli", "enable.auto.commit": False, "error_cb": faults.append}
    consumer = Consumer({**settings, **ours})
    place = TopicPartition(f"to.{unit}", 0, OFFSET_BEGINNING)
    try:
        low, high = _held(consumer, place, faults)
        consumer.assign([place])
        yield from _records(unit, consumer, range(low, high), follow=follow)
    finally:
        consumer.close()


def read(unit: str, message: Message) -> Received:
    """One record in binary CloudEvents mode; raises KeyError or ValueError where it is not one."""
    headers = {str(header[0]): _text(header[1]) for header in message.headers() or []}
    return Received(
        unit=unit,
        offset=message.offset() or 0,
        feednumber=int(headers["ce_feednumber"]),
        casenumber=int(headers["ce_casenumber"]) if "ce_casenumber" in headers else None,
        id=headers["ce_id"],
        kind=headers["ce_type"].removeprefix(PREFIX).rpartition(".v")[0],
        subject=headers.get("ce_subject", ""),
        view=headers.get("ce_dataschema", "").rpartition(":")[2],
        data=json.loads(message.value() or b"{}"),
        seen_at=time.monotonic(),
    )


def usable(message: Message) -> bool:
    """Whether it is a record; False while the broker is away, which librdkafka mends. Raises KafkaException."""
    error = message.error()
    if error is None:
        return True
    if error.code() in _AWAY or error.retriable():
        return False
    raise KafkaException(error)


def _held(consumer: Consumer, place: TopicPartition, faults: Sequence[KafkaError]) -> tuple[int, int]:
    """First offset and end of the topic. A refused login is told as such, not as brokers that are down."""
    asked = 0
    while True:
        try:
            return consumer.get_watermark_offsets(place, timeout=_METADATA_SECONDS)
        except KafkaException:
            asked += 1
            consumer.poll(0)  # hands the faults of the connections to the callback
            refused = [fault for fault in faults if fault.code() == KafkaError._AUTHENTICATION]  # noqa: SLF001 - as above
            if refused:
                raise KafkaException(refused[0]) from None
            if asked == _METADATA_TRIES:
                raise


def _records(unit: str, consumer: Consumer, held: range, *, follow: bool) -> Iterator[Received]:
    place = held.start
    while follow or place < held.stop:
        message = consumer.poll(_POLL_SECONDS)
        if message is not None and usable(message):
            place = (message.offset() or 0) + 1
            yield read(unit, message)


def _text(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
