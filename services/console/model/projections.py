"""What of the console is made of event content alone, and can be made again beside what is there. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Projection:
    """One group and its tables, each with the columns that are content: the others number changes of this database.

    Tables stand in an order in which each comes after those that it refers to. The order within an array is no content.
    """

    name: str
    group: str
    tables: Mapping[str, tuple[str, ...]]


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "timeline": Projection(
            "timeline",
            "console.timeline",
            MappingProxyType(
                {
                    "case_row": ("id", "held"),
                    "origin": ("id", "sorted(denials)"),
                    "timeline_entry": (
                        *("case_id", "event_id", "kind", "acttime", "recordedtime", "audience", "origin"),
                        *("headers", "payload"),
                    ),
                    "sight": ("unit", "case_id", "state", "touched", "sorted(labels)", "part"),
                }
            ),
        ),
        "search": Projection(
            "search",
            "console.search",
            MappingProxyType(
                {
                    "search_origin": ("id", "sorted(denials)"),
                    "search_subject": (
                        *("id", "aggregate", "held", "sorted(origins)", "number", "desk", "state", "sequence"),
                    ),
                    "search_entry": (
                        *("subject_id", "event_id", "unit", "type", "view", "recorded", "origin", "sorted(tokens)"),
                    ),
                    "search_row": ("unit", "subject_id", "aggregate", "touched", "sorted(tokens)"),
                }
            ),
        ),
    }
)
"""By name: the timelines with the list of cases, and the index of the search."""
