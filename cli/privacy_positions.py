"""Whether units' own consumers have committed past one event of their topics, as the broker's administration knows."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from cli.stack import home
from infra.stack.admin import client_settings, connect
from infra.stack.info import StackInfo
from infra.stack.secrets import SecretFiles

ADMIN = "kafka/admin"
_SECONDS = 20.0


def positions(units: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """By unit, whether some group of its own has committed past `erased_event`; left out where it cannot be known.

    Nothing is known without the administrator's secret, or where the topic does not hold the event (any more).
    """
    place, secrets = home(), SecretFiles(home().secrets)
    if not secrets.exists(ADMIN) or not place.info.exists():
        return {}
    info = StackInfo.model_validate(json.loads(place.info.read_text("utf-8")))
    login = (info.kafka.bootstrap, info.kafka.ca, "admin", secrets.read(ADMIN))
    admin, found = connect(*login), {}
    for unit in units:
        offset = _offset(client_settings(*login), f"to.{unit['unit']}", unit["erased_event"])
        if offset is not None:
            found[unit["unit"]] = any(committed > offset for committed in _committed(admin, unit["unit"]))
    return found


def _committed(admin: AdminClient, unit: str) -> list[int]:
    """What each group of the unit has committed on its topic."""
    groups = admin.list_consumer_groups(request_timeout=_SECONDS).result().valid
    own = [group.group_id for group in groups if group.group_id.startswith(f"unit.{unit}.")]
    asked = [ConsumerGroupTopicPartitions(group, [TopicPartition(f"to.{unit}", 0)]) for group in own]
    answers = [admin.list_consumer_group_offsets([one], request_timeout=_SECONDS) for one in asked]
    told = [future.result() for answer in answers for future in answer.values()]
    return [place.offset for one in told for place in one.topic_partitions or ()]


def _offset(settings: Mapping[str, str], topic: str, event: str) -> int | None:
    """Where the event stands in the topic; None where it does not."""
    ours = {"group.id": "privacy", "enable.auto.commit": False, "enable.partition.eof": True, "log_level": 2}
    consumer = Consumer({**settings, **ours})
    try:
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        while (message := consumer.poll(_SECONDS)) is not None:
            error = message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own code
                return None
            if error is not None:
                raise KafkaException(error)
            if ("ce_id", event.encode()) in (message.headers() or ()):
                return message.offset()
        return None
    finally:
        consumer.close()
