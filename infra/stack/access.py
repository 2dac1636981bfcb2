"""Who may do what on the broker: the table of the services, and the two rights of a unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.topics import Topics

#: A unit has two credentials, so that one can be replaced while its systems still use the other.
SLOTS = ("", ".b")


Kind = Literal["topic", "group"]
Pattern = Literal["literal", "prefixed"]
Operation = Literal["read", "write"]


@dataclass(frozen=True, slots=True, order=True)
class Acl:
    """One right: `principal` may do `operation` on what `name` names (exactly, or as a prefix)."""

    principal: str
    kind: Kind
    name: str
    pattern: Pattern
    operation: Operation


@dataclass(frozen=True, slots=True)
class Grant:
    """What one service needs: aggregates and owners by name, units' topics as a whole."""

    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    hands_to: tuple[str, ...] = ()
    takes_from: tuple[str, ...] = ()
    reads_units: bool = False
    writes_units: bool = False


#: Each service has a principal of its own and only these rights (DESIGN 6). Directory and unmask never
#: touch the broker; the public process has no credential at all.
SERVICES: Mapping[str, Grant] = {
    "intake": Grant(writes=("tip", "signal", "integrity", "command"), reads=("case",), takes_from=("intake",)),
    "gateway": Grant(writes=("command",), hands_to=("intake", "cases"), reads_units=True),
    "cases": Grant(writes=("case", "command"), reads=("signal", "tip"), takes_from=("cases",)),
    "notifications": Grant(reads=("tip", "signal", "case", "command", "integrity"), writes_units=True),
    "console": Grant(reads=("tip", "signal", "case")),
}


def slots(unit: str, prefix: str = "") -> tuple[str, ...]:
    """The principals of a unit: `customs-hq` and `customs-hq.b`."""
    return tuple(f"{prefix}{unit}{slot}" for slot in SLOTS)


def unit_acls(unit: str, topics: Topics) -> list[Acl]:
    """A unit writes its own `from.`, reads its own `to.` (both by their exact name), in groups `unit.<unit>.`.

    The final dot matters: without it `unit.qltt-7` would also open the groups of `qltt-79`.
    """
    return [
        acl
        for principal in slots(unit, topics.prefix)
        for acl in (
            Acl(principal, "topic", topics.from_unit(unit), "literal", "write"),
            Acl(principal, "topic", topics.to_unit(unit), "literal", "read"),
            Acl(principal, "group", f"{topics.prefix}unit.{unit}.", "prefixed", "read"),
        )
    ]


def service_acls(service: str, units: Sequence[str], topics: Topics) -> list[Acl]:
    """The rights of one service of the table; raises `KeyError` for a service that it does not name."""
    grant, principal = SERVICES[service], f"{topics.prefix}{service}"
    reads = [
        *(topics.of_aggregate(name) for name in grant.reads),
        *(topics.inbound(owner) for owner in grant.takes_from),
        *(topics.from_unit(unit) for unit in units if grant.reads_units),
    ]
    writes = [
        *(topics.of_aggregate(name) for name in grant.writes),
        *(topics.inbound(owner) for owner in grant.hands_to),
        *(topics.to_unit(unit) for unit in units if grant.writes_units),
    ]
    groups = [Acl(principal, "group", f"{topics.prefix}{service}.", "prefixed", "read")] if reads else []
    return [
        *(Acl(principal, "topic", name, "literal", "read") for name in reads),
        *(Acl(principal, "topic", name, "literal", "write") for name in writes),
        *groups,
    ]
