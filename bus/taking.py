"""How fast a consumer takes records, and how often it looks at what is not read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is taken at once, and how many seconds pass between the things that are done now and then.

    With the broker's limit on bytes per partition, `max_records` bounds the memory of a consumer. `lost` is how long
    a partition that another member took is left alone while the broker still gives it to us, `full` how long one is
    that has no room to park, `compare` how often it is asked whether a topic that is read is still the one that the
    offsets count in.
    """

    max_records: int = 1_000
    fetch: float = 1.0
    report: float = 5.0
    lost: float = 10.0
    full: float = 5.0
    compare: float = 60.0
