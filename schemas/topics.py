"""Names of the topics. A prefix keeps the topics of one test run or one committee apart from another's."""

from dataclasses import dataclass

AGGREGATES = ("tip", "signal", "case", "command", "integrity")
OWNERS = ("intake", "cases")


@dataclass(frozen=True, slots=True)
class Topics:
    """Topic names under a prefix; the empty prefix is the live one."""

    prefix: str = ""

    def of_aggregate(self, aggregate: str) -> str:
        """The log of record of one kind of aggregate."""
        return f"{self.prefix}phoihop.{aggregate}.v1"

    def inbound(self, owner: str) -> str:
        """Commands handed to their owner by the gateway."""
        return f"{self.prefix}phoihop.{owner}.inbound.v1"

    def from_unit(self, unit: str) -> str:
        """What a unit's systems send."""
        return f"{self.prefix}from.{unit}"

    def to_unit(self, unit: str) -> str:
        """The unit's feed as a topic."""
        return f"{self.prefix}to.{unit}"

    def unit_of(self, topic: str) -> str | None:
        """The unit whose `from.` topic this is, or None for any other topic."""
        head = f"{self.prefix}from."
        return topic.removeprefix(head) if topic.startswith(head) else None
