"""Brings the broker to the declared state; applied twice, the second time changes nothing."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from confluent_kafka import TopicCollection
from confluent_kafka.admin import AclBinding, AdminClient, ConfigResource, NewTopic, ResourceType

from infra.stack.access import Acl, slots
from infra.stack.acl_bindings import acl_of, binding_of, everything, exactly, principal_of
from infra.stack.admin import known_users, remove_users, set_secret, settle
from infra.stack.desired import DesiredState, TopicSpec
from infra.stack.errors import PartitionsChanged, ProvisioningUnseen
from infra.stack.quota_admin import QuotaAdmin
from infra.stack.retention import drifted, set_retention
from infra.stack.secrets import SecretFiles, random_secret

_SECONDS = 30.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Changes:
    """What one application changed, by name; all empty when the broker already was as declared."""

    topics: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    acls_added: int = 0
    acls_removed: int = 0
    quotas: tuple[str, ...] = ()
    """Principals of whom a quota was set or taken away."""
    retention: tuple[str, ...] = ()
    """Topics that kept their events for another time than is declared."""

    def __bool__(self) -> bool:
        acls = self.acls_added or self.acls_removed
        return bool(self.topics or self.principals or acls or self.quotas or self.retention)


@dataclass(frozen=True, slots=True)
class Provisioner:
    """Applies declared state through an admin client; secrets go to `kafka/<principal>`."""

    admin: AdminClient
    secrets: SecretFiles
    quotas: QuotaAdmin

    def apply(self, desired: DesiredState) -> Changes:
        """Create what is missing and take away rights and quotas that a declared principal should not have.

        Raises `PartitionsChanged` when a topic exists with another count; `KafkaException` from the broker, about
        quotas `Transient` or `QuotasRefused`.
        """
        topics = self._topics(desired.topics)
        principals = self._principals(desired.principals)
        added, removed = self._acls(desired)
        quotas = self.quotas.apply(desired.quotas, desired.principals)
        # A topic made a moment ago keeps what it was made with, and not every broker knows of it yet.
        before = [spec for spec in desired.topics if spec.name not in topics]
        changes = Changes(topics, principals, added, removed, quotas, set_retention(self.admin, before))
        if changes:
            self._await(lambda: self._as_declared(desired))
        return changes

    def revoke(self, unit: str, prefix: str = "") -> None:
        """End a unit's access: its rights first, because a deleted user's open connection would read on."""
        self.remove_principals(slots(unit, prefix))

    def remove_principals(self, principals: Sequence[str]) -> None:
        """Take away all rights, then credentials, files and quotas; unknown principals are passed over."""
        settle(self.admin.delete_acls([everything(principal) for principal in principals]))
        known = known_users(self.admin)
        remove_users(self.admin, [principal for principal in principals if principal in known])
        self._await(lambda: self._without(principals))
        self.quotas.apply((), principals)
        for principal in principals:
            self.secrets.remove(f"kafka/{principal}")

    def remove_topics(self, names: Sequence[str]) -> None:
        """Delete topics with all their events, those that exist; only test runs do."""
        existing = [name for name in names if name in self.admin.list_topics(timeout=_SECONDS).topics]
        if existing:
            settle(self.admin.delete_topics(existing))
        self._await(lambda: not set(existing) & set(self.admin.list_topics(timeout=_SECONDS).topics))

    def rotate(self, principal: str) -> None:
        """Give one principal a new secret; a unit's systems meanwhile use its other slot."""
        secret = random_secret()
        set_secret(self.admin, {principal: secret})
        self.secrets.write(f"kafka/{principal}", secret)

    def topic_ids(self, names: Sequence[str]) -> dict[str, str]:
        """The id of each topic; a topic that was deleted and made again has another one.

        Raises `KafkaException` for a topic that does not exist.
        """
        described = self.admin.describe_topics(TopicCollection(list(names)))
        return {name: str(future.result(timeout=_SECONDS).topic_id) for name, future in described.items()}

    def retention_ms(self, topic: str) -> int:
        """How long the broker keeps the topic's events; -1 for ever."""
        return self._setting(topic, "retention.ms")

    def segment_ms(self, topic: str) -> int:
        """How long the broker writes into one segment; only a closed segment is ever deleted."""
        return self._setting(topic, "segment.ms")

    def _setting(self, topic: str, name: str) -> int:
        resource = ConfigResource(ResourceType.TOPIC, topic)
        [future] = self.admin.describe_configs([resource]).values()
        return int(future.result(timeout=_SECONDS)[name].value)

    def cluster_id(self) -> str:
        """The id that the cluster got when it was formatted."""
        return str(self.admin.describe_cluster().result(timeout=_SECONDS).cluster_id)

    def _await(self, seen: Callable[[], bool]) -> None:
        """The controller answers before the broker has read what it decided; wait until it serves it."""
        deadline = time.monotonic() + _SECONDS
        while not seen():
            if time.monotonic() > deadline:
                raise ProvisioningUnseen(_SECONDS)
            time.sleep(_POLL_SECONDS)

    def _as_declared(self, desired: DesiredState) -> bool:
        topics = self.admin.list_topics(timeout=_SECONDS).topics
        return (
            {spec.name for spec in desired.topics} <= set(topics)
            and all(part.leader >= 0 for spec in desired.topics for part in topics[spec.name].partitions.values())
            and set(desired.principals) <= known_users(self.admin)
            and set(desired.acls) <= set(self._bindings().values())
            and not self._excess(desired)
            and not drifted(self.admin, desired.topics)
        )

    def _excess(self, desired: DesiredState) -> list[AclBinding]:
        """What declared principals may do beyond what is declared."""
        wanted, ours = set(desired.acls), set(desired.principals)
        found = self._bindings().items()
        return [binding for binding, acl in found if acl not in wanted and principal_of(binding) in ours]

    def _without(self, principals: Collection[str]) -> bool:
        holders = {principal_of(binding) for binding in self._bindings()}
        return not (holders | known_users(self.admin)) & set(principals)

    def _bindings(self) -> dict[AclBinding, Acl | None]:
        bindings = self.admin.describe_acls(everything()).result(timeout=_SECONDS)
        return {binding: acl_of(binding) for binding in bindings}

    def _topics(self, declared: Sequence[TopicSpec]) -> tuple[str, ...]:
        existing = self.admin.list_topics(timeout=_SECONDS).topics
        for spec in declared:
            if spec.name in existing and len(existing[spec.name].partitions) != spec.partitions:
                raise PartitionsChanged(spec.name, len(existing[spec.name].partitions), spec.partitions)
        missing = [spec for spec in declared if spec.name not in existing]
        if missing:
            settle(self.admin.create_topics([_new_topic(spec) for spec in missing], request_timeout=_SECONDS))
        return tuple(spec.name for spec in missing)

    def _principals(self, declared: Sequence[str]) -> tuple[str, ...]:
        known = known_users(self.admin)
        missing = [name for name in declared if name not in known or not self.secrets.exists(f"kafka/{name}")]
        set_secret(self.admin, {name: self.secrets.ensure(f"kafka/{name}") for name in missing})
        return tuple(missing)

    def _acls(self, desired: DesiredState) -> tuple[int, int]:
        present = set(self._bindings().values())
        missing = [acl for acl in desired.acls if acl not in present]
        excess = self._excess(desired)
        if missing:
            settle(self.admin.create_acls([binding_of(acl) for acl in missing]))
        if excess:
            settle(self.admin.delete_acls([exactly(binding) for binding in excess]))
        return len(missing), len(excess)


_SEGMENT_MS = 24 * 3600 * 1000


def _new_topic(spec: TopicSpec) -> NewTopic:
    config = {"retention.ms": str(spec.retention_ms), "cleanup.policy": "delete"}
    if spec.retention_ms >= 0:
        # A segment is deleted when its newest record is too old: without this, the oldest would outstay by a week.
        config["segment.ms"] = str(_SEGMENT_MS)
    return NewTopic(spec.name, num_partitions=spec.partitions, replication_factor=1, config=config)
