"""How long topics keep their events: what is declared against what the broker does."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from infra.stack.admin import settle
from infra.stack.desired import FOREVER, UNIT_TOPIC_MS, TopicSpec

_NAME = "retention.ms"
_SECONDS = 30.0
_LOOK_SECONDS = 5.0


def declared_ms(topic: str) -> int | None:
    """What is declared for a topic of this name without a prefix; None for one that is not ours."""
    if topic.startswith("phoihop."):
        return FOREVER
    return UNIT_TOPIC_MS if topic.startswith(("from.", "to.")) else None


def drifts(admin: AdminClient) -> list[str]:
    """The topics of the live bus that keep events for another time than declared. Raises KafkaException."""
    names = admin.list_topics(timeout=_LOOK_SECONDS).topics
    declared = {name: wanted for name in names if (wanted := declared_ms(name)) is not None}
    found = _found(admin, list(declared))
    return [
        f"{name} keeps {found[name]} ms, not {wanted}"
        for name, wanted in declared.items()
        if name in found and found[name] != wanted
    ]


def drifted(admin: AdminClient, declared: Sequence[TopicSpec]) -> list[TopicSpec]:
    """Those of these topics that keep events for another time, or are not there yet. Raises KafkaException."""
    found = _found(admin, [spec.name for spec in declared])
    return [spec for spec in declared if found.get(spec.name) != spec.retention_ms]


def set_retention(admin: AdminClient, declared: Sequence[TopicSpec]) -> tuple[str, ...]:
    """Set what has drifted back to what is declared; returns the topics. What was deleted meanwhile stays so."""
    found = _found(admin, [spec.name for spec in declared])
    wrong = [spec for spec in declared if found.get(spec.name, spec.retention_ms) != spec.retention_ms]
    if wrong:
        settle(admin.incremental_alter_configs([_set(spec) for spec in wrong]))
    return tuple(spec.name for spec in wrong)


def _set(spec: TopicSpec) -> ConfigResource:
    entry = ConfigEntry(_NAME, str(spec.retention_ms), incremental_operation=AlterConfigOpType.SET)
    return ConfigResource(ResourceType.TOPIC, spec.name, incremental_configs=[entry])


def _found(admin: AdminClient, names: Sequence[str]) -> Mapping[str, int]:
    """What each topic has; one that the broker does not know, any more or yet, is left out."""
    asked = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names]) if names else {}
    told = {resource.name: _told(future) for resource, future in asked.items()}
    return {name: found for name, found in told.items() if found is not None}


def _told(future: "Future[Mapping[str, ConfigEntry]]") -> int | None:
    try:
        found = future.result(timeout=_SECONDS)[_NAME].value
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return None
        raise
    return None if found is None else int(found)
