"""What the units' own Kafka consumers receive: each logs in as its unit, on the units' listener, and reads its feed."""

import json
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from confluent_kafka import Consumer, KafkaException, Message

from cli.demo.received import Received

PREFIX = "vn.phoihop."
_POLL_SECONDS = 0.05
_TRANSIENT = {-195, -187, -191}
"""librdkafka's own codes for a lost connection, no broker left, and the end of a partition."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the units' listener is, its CA, and the folder with each unit's secret."""

    bootstrap: str
    ca: Path
    secrets: Path

    def of(self, unit: str) -> dict[str, Any]:
        """Settings of one unit's login, in librdkafka's words."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": unit,
            "sasl.password": (self.secrets / unit).read_text("utf-8").strip(),
            "ssl.ca.location": str(self.ca),
            "log_level": 2,
        }


class Witness:
    """Reads every unit's topic from its start in one thread; `received` grows as events arrive."""

    def __init__(self, access: Access, units: Iterable[str]) -> None:
        self.received: list[Received] = []
        self.failure: BaseException | None = None
        self._access = access
        self._units = tuple(units)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="witness", daemon=True)

    def __enter__(self) -> Self:
        """Begin to read."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop reading and close every consumer."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        consumers = {unit: self._consumer(unit) for unit in self._units}
        try:
            while not self._stop.wait(_POLL_SECONDS):
                for unit, consumer in consumers.items():
                    self.received.extend(self._batch(unit, consumer))
        except (KafkaException, ValueError, KeyError) as error:
            self.failure = error
        finally:
            for consumer in consumers.values():
                consumer.close()

    def _consumer(self, unit: str) -> Consumer:
        settings = {"group.id": f"unit.{unit}.demo", "auto.offset.reset": "earliest", "enable.auto.commit": False}
        consumer = Consumer({**self._access.of(unit), **settings})
        consumer.subscribe([f"to.{unit}"])
        return consumer

    def _batch(self, unit: str, consumer: Consumer) -> list[Received]:
        return [read(unit, message) for message in consumer.consume(500, 0) if _usable(message)]


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


def _text(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""


def _usable(message: Message) -> bool:
    error = message.error()
    if error is None:
        return True
    if error.code() in _TRANSIENT or error.retriable():
        # The broker is away or the group is moving: librdkafka comes back by itself.
        return False
    raise KafkaException(error)
