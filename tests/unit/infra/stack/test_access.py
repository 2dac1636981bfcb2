"""The table of rights, read as sentences; the broker's own answers are in tests/integration/stack."""

import pytest

from infra.stack.access import SERVICES, Acl, service_acls, slots, unit_acls
from infra.stack.desired import PRODUCTION_PARTITIONS, desired_state
from schemas.topics import AGGREGATES, OWNERS, Topics

TOPICS = Topics()
UNITS = ["customs-hq", "qltt-79"]


def test_a_unit_has_three_rights_with_each_of_its_two_credentials_and_no_other() -> None:
    assert unit_acls("qltt-79", TOPICS) == [
        Acl("qltt-79", "topic", "from.qltt-79", "literal", "write"),
        Acl("qltt-79", "topic", "to.qltt-79", "literal", "read"),
        Acl("qltt-79", "group", "unit.qltt-79.", "prefixed", "read"),
        Acl("qltt-79.b", "topic", "from.qltt-79", "literal", "write"),
        Acl("qltt-79.b", "topic", "to.qltt-79", "literal", "read"),
        Acl("qltt-79.b", "group", "unit.qltt-79.", "prefixed", "read"),
    ]


def test_no_right_on_a_topic_is_given_by_prefix() -> None:
    rights = desired_state(UNITS).acls

    assert {acl.pattern for acl in rights if acl.kind == "topic"} == {"literal"}


def test_every_right_by_prefix_ends_in_a_dot() -> None:
    assert all(acl.name.endswith(".") for acl in desired_state(UNITS).acls if acl.pattern == "prefixed")


def test_no_service_but_the_gateway_may_write_where_verified_actors_are_believed() -> None:
    inbound = {TOPICS.inbound(owner) for owner in OWNERS}
    writers = {acl.principal for acl in desired_state(UNITS).acls if acl.name in inbound and acl.operation == "write"}

    assert writers == {"gateway"}


def test_each_aggregate_but_the_answers_to_commands_has_one_publisher() -> None:
    rights = desired_state(UNITS).acls
    publishers = {
        aggregate: sorted(
            acl.principal for acl in rights if acl.name == TOPICS.of_aggregate(aggregate) and acl.operation == "write"
        )
        for aggregate in AGGREGATES
    }

    assert publishers.pop("command") == ["cases", "gateway", "intake"]
    assert publishers == {"tip": ["intake"], "signal": ["intake"], "integrity": ["intake"], "case": ["cases"]}


def test_only_notifications_reads_the_integrity_route() -> None:
    rights = desired_state(UNITS).acls
    integrity = TOPICS.of_aggregate("integrity")

    assert {acl.principal for acl in rights if acl.name == integrity and acl.operation == "read"} == {"notifications"}


def test_only_the_gateway_reads_what_units_send_and_only_notifications_fills_their_feeds() -> None:
    rights = desired_state(UNITS).acls

    for unit in UNITS:
        readers = {acl.principal for acl in rights if acl.name == TOPICS.from_unit(unit) and acl.operation == "read"}
        writers = {acl.principal for acl in rights if acl.name == TOPICS.to_unit(unit) and acl.operation == "write"}
        assert (readers, writers) == ({"gateway"}, {"notifications"})


def test_a_service_that_the_table_does_not_name_has_no_rights() -> None:
    with pytest.raises(KeyError):
        service_acls("directory", UNITS, TOPICS)


def test_a_prefix_covers_topics_groups_and_principals() -> None:
    declared = desired_state(UNITS, topics=Topics("t1."))

    assert all(spec.name.startswith("t1.") for spec in declared.topics)
    assert all(name.startswith("t1.") for name in declared.principals)
    assert all(acl.principal.startswith("t1.") and acl.name.startswith("t1.") for acl in declared.acls)


def test_the_log_of_record_is_kept_and_units_topics_have_one_partition() -> None:
    declared = {spec.name: spec for spec in desired_state(UNITS, partitions=PRODUCTION_PARTITIONS).topics}

    assert (declared["phoihop.case.v1"].partitions, declared["phoihop.case.v1"].retention_ms) == (12, -1)
    assert (declared["to.qltt-79"].partitions, declared["to.qltt-79"].retention_ms) == (1, 1_209_600_000)
    assert len(declared) == len(AGGREGATES) + len(OWNERS) + 2 * len(UNITS)


def test_every_service_and_both_credentials_of_every_unit_are_users() -> None:
    assert set(desired_state(UNITS).principals) == {*SERVICES, *slots("customs-hq"), *slots("qltt-79")}
