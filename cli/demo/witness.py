"""What the units' own Kafka consumers receive: each logs in as its unit, on the units' listener, and reads its feed."""

import threading
from collections.abc import Iterable
from typing import Self

from confluent_kafka import Consumer, KafkaException

from cli.received import Received
from cli.unit_topic import Access, read, usable

_POLL_SECONDS = 0.05


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
        return [read(unit, message) for message in consumer.consume(500, 0) if usable(message)]
