"""A unit that sends too fast waits, and nobody else does; what is declared is what the broker holds."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from confluent_kafka import Producer, ThrottleEvent

from bus.errors import QuotasRefused, Transient
from infra.stack.access import slots
from infra.stack.admin import client_settings
from infra.stack.desired import DesiredState
from infra.stack.info import StackInfo
from infra.stack.provision import Provisioner
from infra.stack.quota_admin import quota_admin
from infra.stack.quotas import UNIT_READS, UNIT_SENDS, Quota
from infra.stack.secrets import SecretFiles
from schemas.topics import Topics

pytestmark = pytest.mark.integration

LOUD, OTHER = "customs-hq", "qltt-79"
DECLARED = {"producer_byte_rate": float(UNIT_SENDS), "consumer_byte_rate": float(UNIT_READS)}
_EVENT = b"x" * 32 * 1024


@dataclass
class Sender:
    """Sends as one principal, and hears from the broker when it has to wait."""

    stack: StackInfo
    principal: str
    waits: list[float] = field(default_factory=list)

    def send(self, topic: str, events: int) -> None:
        secret = SecretFiles(self.stack.secrets).read(f"kafka/{self.principal}")
        kafka = self.stack.kafka
        settings = client_settings(kafka.agency, kafka.ca, self.principal, secret)
        producer = Producer({**settings, "throttle_cb": self._told, "linger.ms": 0, "batch.num.messages": 1})
        for _ in range(events):
            producer.produce(topic, _EVENT)
            assert producer.flush(30) == 0
        producer.poll(0)

    def _told(self, event: ThrottleEvent) -> None:
        self.waits.append(event.throttle_time)


@pytest.fixture
def slow(kafka_admin: Provisioner, principals: DesiredState, topics: Topics) -> Iterator[str]:
    """One principal that may send next to nothing, while the others have what is declared."""
    name = f"{topics.prefix}{LOUD}"
    assert kafka_admin.quotas.apply([Quota(name, 16 * 1024, UNIT_READS)], [name]) == (name,)
    yield name
    kafka_admin.apply(principals)


def test_every_credential_of_a_unit_has_its_quotas(
    kafka_admin: Provisioner, principals: DesiredState, topics: Topics
) -> None:
    present = kafka_admin.quotas.present()

    ours = {name: dict(values) for name, values in present.items() if name.startswith(topics.prefix)}
    assert ours == {name: DECLARED for unit in (LOUD, OTHER) for name in slots(unit, topics.prefix)}


def test_a_unit_over_its_quota_is_made_to_wait_and_another_is_not(stack: StackInfo, slow: str, topics: Topics) -> None:
    loud, other = Sender(stack, slow), Sender(stack, f"{topics.prefix}{OTHER}")

    sending = threading.Thread(target=loud.send, args=(topics.from_unit(LOUD), 8))
    sending.start()
    other.send(topics.from_unit(OTHER), 8)
    sending.join()

    assert max(loud.waits, default=0) > 0
    assert not any(other.waits)


def test_a_quota_that_somebody_changed_by_hand_comes_back(
    kafka_admin: Provisioner, principals: DesiredState, slow: str
) -> None:
    changes = kafka_admin.apply(principals)

    assert changes.quotas == (slow,)
    assert dict(kafka_admin.quotas.present()[slow]) == DECLARED
    assert not kafka_admin.apply(principals)


def test_a_service_does_not_keep_a_quota_that_nobody_declared(
    kafka_admin: Provisioner, principals: DesiredState, topics: Topics
) -> None:
    name = f"{topics.prefix}cases"
    kafka_admin.quotas.apply([Quota(name, 1024, 1024)], [name])

    changes = kafka_admin.apply(principals)

    assert changes.quotas == (name,)
    assert name not in kafka_admin.quotas.present()


def test_the_quotas_of_a_revoked_unit_are_gone(
    kafka_admin: Provisioner, principals: DesiredState, topics: Topics
) -> None:
    kafka_admin.revoke(LOUD, topics.prefix)

    assert not set(slots(LOUD, topics.prefix)) & set(kafka_admin.quotas.present())
    assert set(slots(OTHER, topics.prefix)) <= set(kafka_admin.quotas.present())


def test_a_unit_may_neither_see_nor_change_quotas(stack: StackInfo, principals: DesiredState, topics: Topics) -> None:
    name = f"{topics.prefix}{LOUD}"
    kafka = stack.kafka
    unit = quota_admin(kafka.agency, kafka.ca, name, SecretFiles(stack.secrets).read(f"kafka/{name}"))

    with pytest.raises(QuotasRefused, match="quotas could not be read"):
        unit.apply([Quota(name, 1e9, 1e9)], [name])


def test_a_wrong_password_of_the_administrator_is_told(kafka_admin: Provisioner) -> None:
    settings = replace(kafka_admin.quotas.settings, password="wrong")

    with pytest.raises(Transient, match="the quotas"):
        replace(kafka_admin.quotas, settings=settings).present()
