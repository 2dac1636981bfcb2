"""What has to change on the broker is told by comparison, and by nothing else."""

from infra.stack.desired import desired_state
from infra.stack.quotas import UNIT_READS, UNIT_SENDS, Quota, differences
from schemas.topics import Topics

SENDS, READS = "producer_byte_rate", "consumer_byte_rate"


def test_both_credentials_of_a_unit_have_quotas_and_services_have_none() -> None:
    declared = desired_state(["customs-hq"], topics=Topics("t."))

    assert {quota.principal for quota in declared.quotas} == {"t.customs-hq", "t.customs-hq.b"}
    assert "t.cases" in declared.principals


def test_one_unit_may_send_many_of_the_largest_events_in_a_second() -> None:
    largest = 64 * 1024

    assert 16 * largest <= UNIT_SENDS
    assert UNIT_READS >= UNIT_SENDS


def test_what_is_as_declared_is_left_alone() -> None:
    assert not differences([Quota("a", 1, 2)], ["a", "cases"], {"a": {SENDS: 1.0, READS: 2.0}})


def test_only_what_differs_is_set() -> None:
    assert differences([Quota("a", 1, 2)], ["a"], {"a": {SENDS: 1.0, READS: 9.0}}) == {"a": {READS: 2}}


def test_a_quota_that_nobody_declared_is_taken_away_from_a_declared_principal() -> None:
    present = {"a": {SENDS: 1.0, READS: 2.0, "request_percentage": 5.0}, "cases": {SENDS: 1.0}}

    assert differences([Quota("a", 1, 2)], ["a", "cases"], present) == {
        "a": {"request_percentage": None},
        "cases": {SENDS: None},
    }


def test_a_stranger_keeps_what_it_has() -> None:
    assert not differences([], ["a"], {"stranger": {SENDS: 1.0}})


def test_without_a_declaration_a_principal_loses_its_quotas() -> None:
    assert differences([], ["a"], {"a": {SENDS: 1.0, READS: 2.0}}) == {"a": {SENDS: None, READS: None}}
