"""Declared state: applied once it is there, applied twice nothing changes, revoked it is gone."""

from collections.abc import Sequence

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, ResourcePatternType, ResourceType

from infra.stack.access import slots, unit_acls
from infra.stack.admin import client_settings
from infra.stack.desired import DesiredState, desired_state
from infra.stack.errors import PartitionsChanged
from infra.stack.info import StackInfo
from infra.stack.provision import Provisioner
from infra.stack.secrets import SecretFiles
from plugins.kafka_login import Login
from schemas.topics import Topics

pytestmark = pytest.mark.integration

UNIT = "qltt-79"


def as_principal(stack: StackInfo, principal: str) -> Login:
    secret = SecretFiles(stack.secrets).read(f"kafka/{principal}")
    return Login(client_settings(stack.kafka.agency, stack.kafka.ca, principal, secret))


def test_applying_twice_changes_nothing(kafka_admin: Provisioner, principals: DesiredState) -> None:
    assert not kafka_admin.apply(principals)


def test_what_was_taken_away_by_hand_comes_back(
    kafka_admin: Provisioner, principals: DesiredState, topics: Topics
) -> None:
    kafka_admin.remove_principals(slots(UNIT, topics.prefix))

    changes = kafka_admin.apply(principals)

    assert set(changes.principals) == set(slots(UNIT, topics.prefix))
    assert changes.acls_added == len(unit_acls(UNIT, topics))
    assert not changes.topics


def test_a_right_that_is_not_declared_is_taken_away(
    kafka_admin: Provisioner, principals: DesiredState, topics: Topics, stack: StackInfo
) -> None:
    principal = f"{topics.prefix}{UNIT}"
    foreign = topics.to_unit("customs-hq")
    extra = AclBinding(
        ResourceType.TOPIC,
        foreign,
        ResourcePatternType.LITERAL,
        f"User:{principal}",
        "*",
        AclOperation.READ,
        AclPermissionType.ALLOW,
    )
    for future in kafka_admin.admin.create_acls([extra]).values():
        future.result()

    changes = kafka_admin.apply(principals)

    assert (changes.acls_added, changes.acls_removed) == (0, 1)
    assert as_principal(stack, principal).read(foreign, f"{topics.prefix}unit.{UNIT}.x") == "TOPIC_AUTHORIZATION_FAILED"


def test_the_partition_count_of_a_topic_is_never_changed(
    kafka_admin: Provisioner, topics: Topics, units: Sequence[str]
) -> None:
    with pytest.raises(PartitionsChanged, match=r"has 3 partitions and 4 are declared"):
        kafka_admin.apply(desired_state(units, topics=topics, partitions=4))


def test_the_log_of_record_is_kept_for_ever_and_units_topics_for_two_weeks(
    kafka_admin: Provisioner, topics: Topics
) -> None:
    assert kafka_admin.retention_ms(topics.of_aggregate("case")) == -1
    assert kafka_admin.retention_ms(topics.inbound("intake")) == -1
    assert kafka_admin.retention_ms(topics.to_unit(UNIT)) == 14 * 24 * 3600 * 1000


def test_what_a_unit_was_sent_outstays_its_two_weeks_by_a_day_at_most(kafka_admin: Provisioner, topics: Topics) -> None:
    assert kafka_admin.segment_ms(topics.to_unit(UNIT)) == 24 * 3600 * 1000
    assert kafka_admin.segment_ms(topics.from_unit(UNIT)) == 24 * 3600 * 1000


def test_a_revoked_unit_is_out_with_both_credentials_and_its_secrets_are_gone(
    kafka_admin: Provisioner, principals: DesiredState, topics: Topics, stack: StackInfo
) -> None:
    logins = [as_principal(stack, principal) for principal in slots(UNIT, topics.prefix)]
    assert [login.write(topics.from_unit(UNIT)) for login in logins] == [None, None]

    kafka_admin.revoke(UNIT, topics.prefix)

    assert [login.refusal() for login in logins] == ["_AUTHENTICATION"] * 2
    assert not any(SecretFiles(stack.secrets).exists(f"kafka/{name}") for name in slots(UNIT, topics.prefix))


def test_rotating_one_credential_leaves_the_other_at_work(
    kafka_admin: Provisioner, principals: DesiredState, topics: Topics, stack: StackInfo
) -> None:
    first, second = slots(UNIT, topics.prefix)
    old = as_principal(stack, first)

    kafka_admin.rotate(first)

    assert old.refusal() == "_AUTHENTICATION"
    assert as_principal(stack, first).write(topics.from_unit(UNIT)) is None
    assert as_principal(stack, second).write(topics.from_unit(UNIT)) is None


def test_a_topic_made_again_has_another_id(kafka_admin: Provisioner, topics: Topics, units: Sequence[str]) -> None:
    name = topics.to_unit(UNIT)
    before = kafka_admin.topic_ids([name])[name]

    kafka_admin.remove_topics([name])
    kafka_admin.apply(DesiredState(desired_state(units, topics=topics).topics, (), ()))

    assert kafka_admin.topic_ids([name])[name] != before


def test_the_id_of_an_unknown_topic_is_an_error(kafka_admin: Provisioner) -> None:
    with pytest.raises(KafkaException):
        kafka_admin.topic_ids(["nobody.made.this"])


def test_the_cluster_id_is_on_record(kafka_admin: Provisioner, stack: StackInfo) -> None:
    assert kafka_admin.cluster_id() == stack.kafka.cluster_id
