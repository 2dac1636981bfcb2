"""A client as a unit's or a service's system would use one, told apart only by its credentials."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)

from infra.stack.admin import silent

SECONDS = 15.0


@dataclass(frozen=True)
class Login:
    """One set of client settings and what the broker answers to it: an error's name, or None when it obeys.

    It signs in once to write and once to read, as a real system does: a sign-in costs far more than a record.
    """

    settings: dict[str, str]

    def write(self, topic: str) -> str | None:
        """Produce one record."""
        answers: list[KafkaError | None] = []

        def delivered(error: KafkaError | None, _message: Message) -> None:
            answers.append(error)

        try:
            self._producer.produce(topic, b"{}", on_delivery=delivered)
        except KafkaException as refused:
            # The client answers by itself for a topic of which it was told before that it may not know it.
            return str(refused.args[0].name())
        self._producer.flush(SECONDS)
        return answers[0].name() if answers[0] else None

    def read(self, topic: str, group: str) -> str | None:
        """Read the first partition to its end."""
        consumer = self._reader(group)
        # Who may not even describe a topic learns of no leader, and a fetch would wait for one.
        described = consumer.list_topics(topic, timeout=SECONDS).topics[topic].error
        if described is not None:
            return str(described.name())
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        try:
            return _first_error(consumer)
        finally:
            consumer.unassign()

    def join(self, topic: str, group: str) -> str | None:
        """Become a member of the group and read what it is assigned to its end."""
        consumer = self._consumer(group)
        try:
            consumer.subscribe([topic])
            return _first_error(consumer)
        finally:
            consumer.close()

    def sees(self) -> set[str]:
        """The topics that the broker shows to this login."""
        return set(self._consumer("any").list_topics(timeout=5).topics)

    def refusal(self, *, past: Collection[str] = ()) -> str:
        """The name of the first error of a connection that the broker does not let in, past those named.

        A busy broker may cut a connection before it says why; the client then tries again.
        """
        errors: list[KafkaError] = []
        client = Consumer({**self.settings, "group.id": "any", "error_cb": errors.append, "log_level": 0})
        try:
            deadline = time.monotonic() + SECONDS
            while not (told := [error.name() for error in errors if error.name() not in past]):
                assert time.monotonic() < deadline, f"the broker refused nothing but {errors}"
                client.poll(0.05)
        finally:
            client.close()
        return str(told[0])

    @cached_property
    def _producer(self) -> Producer:
        return Producer(
            {**self.settings, "message.timeout.ms": 8000, "error_cb": silent, "log_level": 0, "acks": "all"}
        )

    @cached_property
    def _readers(self) -> dict[str, Consumer]:
        return {}

    def _reader(self, group: str) -> Consumer:
        if group not in self._readers:
            self._readers[group] = self._consumer(group)
        return self._readers[group]

    def _consumer(self, group: str) -> Consumer:
        return Consumer(
            {
                **self.settings,
                "group.id": group,
                "enable.partition.eof": True,
                # An empty topic tells its end only when a fetch has waited this long.
                "fetch.wait.max.ms": 20,
                "enable.auto.commit": False,
                "error_cb": silent,
                "log_level": 0,
            }
        )


def _first_error(consumer: Consumer) -> str | None:
    while True:
        message = consumer.poll(SECONDS)
        assert message is not None, "neither a record nor an end nor an error came"
        error = message.error()
        if error is not None:
            return None if error.code() == KafkaError._PARTITION_EOF else str(error.name())
