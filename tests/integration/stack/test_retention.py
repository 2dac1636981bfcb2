"""Topics keep their events for as long as declared, and somebody's other word is noticed and taken back."""

import pytest
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from infra.stack.admin import settle
from infra.stack.desired import FOREVER, UNIT_TOPIC_MS, DesiredState, desired_state
from infra.stack.provision import Provisioner
from infra.stack.retention import declared_ms, drifted
from schemas.topics import Topics

pytestmark = pytest.mark.integration

UNITS = ("customs-hq", "qltt-79")


def shorten(admin: Provisioner, topic: str) -> None:
    entry = ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)
    wanted = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    settle(admin.admin.incremental_alter_configs([wanted]))


def test_a_retention_that_somebody_shortened_is_found_and_set_back(kafka_admin: Provisioner, topics: Topics) -> None:
    declared = DesiredState(desired_state(UNITS, topics=topics).topics, (), ())
    assert drifted(kafka_admin.admin, declared.topics) == []
    log = topics.of_aggregate("case")
    shorten(kafka_admin, log)
    kafka_admin._await(lambda: kafka_admin.retention_ms(log) == 1000)

    assert [spec.name for spec in drifted(kafka_admin.admin, declared.topics)] == [log]
    assert kafka_admin.apply(declared).retention == (log,)
    assert (kafka_admin.retention_ms(log), kafka_admin.apply(declared).retention) == (FOREVER, ())


@pytest.mark.parametrize(
    ("topic", "kept"),
    [
        ("phoihop.case.v1", FOREVER),
        ("phoihop.cases.inbound.v1", FOREVER),
        ("to.qltt-79", UNIT_TOPIC_MS),
        ("from.qltt-79", UNIT_TOPIC_MS),
        ("somebody.else", None),
    ],
)
def test_a_name_tells_what_is_declared_for_it(topic: str, kept: int | None) -> None:
    assert declared_ms(topic) == kept
