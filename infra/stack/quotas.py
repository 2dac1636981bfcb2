"""How much one credential of a unit may send and read, and what has to change on the broker for that. Pure.

The bus is shared: a system of one unit that loops, or reads its fortnight again and again, must not take the network
and the disk from the others. Kafka then lets that credential wait; nothing is lost and nothing refused.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from infra.stack.access import slots

Present = Mapping[str, Mapping[str, float]]
"""User to quota name to value, as the broker tells it."""
Changes = dict[str, dict[str, float | None]]
"""User to quota name to value; None takes the quota away."""

#: Two MiB are some 2,000 usual events, or 32 of the largest that may be, in a second: several times what the gateway
#: takes in from all units together.
UNIT_SENDS = 2 * 1024 * 1024
#: Twice as much, so that a unit that was away for a day catches up while its feed goes on.
UNIT_READS = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Quota:
    """What a principal may do, in bytes a second on each broker, averaged over some ten seconds."""

    principal: str
    producer_byte_rate: float
    consumer_byte_rate: float

    def values(self) -> dict[str, float]:
        """By the names that Kafka gives them."""
        return {"producer_byte_rate": self.producer_byte_rate, "consumer_byte_rate": self.consumer_byte_rate}


def unit_quotas(unit: str, prefix: str = "") -> list[Quota]:
    """Of both credentials of a unit. Services have none: what they do follows from what units do."""
    return [Quota(principal, UNIT_SENDS, UNIT_READS) for principal in slots(unit, prefix)]


def differences(declared: Sequence[Quota], principals: Collection[str], present: Present) -> Changes:
    """What to set and to take away so that each of the principals has the declared quotas and no other."""
    wanted = {quota.principal: quota.values() for quota in declared}
    changes: Changes = {}
    for principal in {**dict.fromkeys(principals), **dict.fromkeys(wanted)}:
        has, needs = present.get(principal, {}), wanted.get(principal, {})
        changed: dict[str, float | None] = {name: value for name, value in needs.items() if has.get(name) != value}
        changed |= {name: None for name in has if name not in needs}
        if changed:
            changes[principal] = changed
    return changes
