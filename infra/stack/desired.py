"""What the broker should hold, computed from the units and services in force."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.stack.access import SERVICES, Acl, service_acls, slots, unit_acls
from infra.stack.quotas import Quota, unit_quotas
from schemas.topics import AGGREGATES, OWNERS, Topics

#: Fixed at birth, because another count would send an aggregate's next event to another partition.
EMBEDDED_PARTITIONS = 3
PRODUCTION_PARTITIONS = 12
FOREVER = -1
UNIT_TOPIC_MS = 14 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as declared; `retention_ms` of -1 keeps every event."""

    name: str
    partitions: int
    retention_ms: int


@dataclass(frozen=True, slots=True)
class DesiredState:
    """Topics, principals, rights and quotas: everything declared, nothing else."""

    topics: tuple[TopicSpec, ...]
    principals: tuple[str, ...]
    acls: tuple[Acl, ...]
    quotas: tuple[Quota, ...] = ()


def desired_state(
    units: Sequence[str],
    services: Sequence[str] = tuple(SERVICES),
    *,
    topics: Topics | None = None,
    partitions: int = EMBEDDED_PARTITIONS,
) -> DesiredState:
    """The log of record and one pair of topics a unit; a principal a service and two a unit; rights and quotas."""
    names = topics or Topics()
    keyed = [*(names.of_aggregate(name) for name in AGGREGATES), *(names.inbound(owner) for owner in OWNERS)]
    units_topics = [name for unit in units for name in (names.from_unit(unit), names.to_unit(unit))]
    return DesiredState(
        topics=(
            *(TopicSpec(name, partitions, FOREVER) for name in keyed),
            *(TopicSpec(name, 1, UNIT_TOPIC_MS) for name in units_topics),
        ),
        principals=(
            *(f"{names.prefix}{service}" for service in services),
            *(principal for unit in units for principal in slots(unit, names.prefix)),
        ),
        acls=(
            *(acl for service in services for acl in service_acls(service, units, names)),
            *(acl for unit in units for acl in unit_acls(unit, names)),
        ),
        quotas=tuple(quota for unit in units for quota in unit_quotas(unit, names.prefix)),
    )
