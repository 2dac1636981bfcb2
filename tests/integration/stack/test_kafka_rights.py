"""A unit reaches its own two topics and nothing else; a service what its row of the table names."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from infra.stack.access import SERVICES, service_acls
from infra.stack.admin import client_settings
from infra.stack.certificates import ensure_certificates
from infra.stack.desired import DesiredState
from infra.stack.info import StackInfo
from plugins.kafka_login import Login
from schemas.topics import AGGREGATES, OWNERS, Topics

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("principals")]

A, B = "qltt-7", "qltt-79"
REFUSED = "TOPIC_AUTHORIZATION_FAILED"
SignIn = Callable[[str], Login]


@pytest.fixture
def units() -> Sequence[str]:
    """One code is the beginning of the other, as a right by prefix would confuse them."""
    return (A, B)


def test_a_unit_writes_its_own_from_topic_and_reads_its_own_to_topic(login: SignIn, topics: Topics) -> None:
    assert login(A).write(topics.from_unit(A)) is None
    assert login(A).read(topics.to_unit(A), f"{topics.prefix}unit.{A}.feed") is None


def test_the_second_credential_of_a_unit_has_the_same_rights(login: SignIn, topics: Topics) -> None:
    assert login(f"{A}.b").write(topics.from_unit(A)) is None
    assert login(f"{A}.b").read(topics.to_unit(A), f"{topics.prefix}unit.{A}.feed") is None
    assert login(f"{A}.b").read(topics.to_unit(B), f"{topics.prefix}unit.{A}.feed") == REFUSED


@pytest.mark.parametrize("topic_of", [Topics.to_unit, Topics.from_unit])
def test_a_unit_is_refused_on_both_topics_of_another(
    login: SignIn, topics: Topics, topic_of: Callable[[Topics, str], str]
) -> None:
    other = topic_of(topics, B)

    assert login(A).write(other) == REFUSED
    assert login(A).read(other, f"{topics.prefix}unit.{A}.feed") == REFUSED


def test_a_unit_may_not_write_its_own_feed_nor_read_what_it_sent(login: SignIn, topics: Topics) -> None:
    assert login(A).write(topics.to_unit(A)) == REFUSED
    assert login(A).read(topics.from_unit(A), f"{topics.prefix}unit.{A}.feed") == REFUSED


def test_a_unit_may_not_join_the_groups_of_another_or_of_a_service(login: SignIn, topics: Topics) -> None:
    assert login(A).join(topics.to_unit(A), f"{topics.prefix}unit.{A}.feed") is None
    for group in (f"unit.{B}.feed", "cases.inbound", f"unit.{A}"):
        assert login(A).join(topics.to_unit(A), f"{topics.prefix}{group}") == "GROUP_AUTHORIZATION_FAILED"


def test_a_unit_does_not_reach_the_log_of_record(login: SignIn, topics: Topics) -> None:
    for name in (*map(topics.of_aggregate, AGGREGATES), *map(topics.inbound, OWNERS)):
        assert login(A).write(name) == REFUSED
        assert login(A).read(name, f"{topics.prefix}unit.{A}.feed") == REFUSED


def test_a_unit_sees_only_its_own_topics_listed(login: SignIn, topics: Topics) -> None:
    assert login(A).sees() == {topics.from_unit(A), topics.to_unit(A)}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_may_do_what_its_row_names_and_no_more(
    service: str, login: SignIn, topics: Topics, principals: DesiredState, units: Sequence[str]
) -> None:
    rights = {(acl.name, acl.operation) for acl in service_acls(service, units, topics) if acl.kind == "topic"}
    client = login(service)

    for spec in principals.topics:
        wrote = client.write(spec.name)
        assert (wrote is None) == ((spec.name, "write") in rights), (spec.name, wrote)
        read = client.read(spec.name, f"{topics.prefix}{service}.test")
        assert (read is None) == ((spec.name, "read") in rights), (spec.name, read)


@pytest.mark.parametrize("listener", ["bootstrap", "agency"])
def test_a_wrong_password_is_refused_on_both_listeners(stack: StackInfo, topics: Topics, listener: str) -> None:
    bootstrap = getattr(stack.kafka, listener)

    wrong = Login(client_settings(bootstrap, stack.kafka.ca, f"{topics.prefix}{A}", "wrong"))

    assert wrong.refusal() == "_AUTHENTICATION"


@pytest.mark.parametrize("protocol", ["SSL", "PLAINTEXT"])
@pytest.mark.parametrize("listener", ["bootstrap", "agency"])
def test_nobody_gets_in_without_signing_in(stack: StackInfo, listener: str, protocol: str) -> None:
    anonymous = Login(
        {
            "bootstrap.servers": getattr(stack.kafka, listener),
            "security.protocol": protocol,
            "ssl.ca.location": str(stack.kafka.ca),
        }
    )

    assert anonymous.refusal() in {"_TRANSPORT", "_SSL", "_ALL_BROKERS_DOWN"}


def test_a_client_that_trusts_another_ca_does_not_connect(stack: StackInfo, tmp_path: Path, topics: Topics) -> None:
    stranger = ensure_certificates(tmp_path / "tls").ca

    deceived = Login(client_settings(stack.kafka.agency, stranger, f"{topics.prefix}{A}", "any"))

    assert deceived.refusal(past=("_TRANSPORT", "_ALL_BROKERS_DOWN")) == "_SSL"
