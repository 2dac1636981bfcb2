"""What the stand-in holds: declarations in a stable order, where they come from, and the dates it gives them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from adapters.customs.standin.columns import Row

YEARS_LATER = 5
"""The published declarations are of 2021 and the rules in force on the bus begin in 2025.

Every row therefore gets a `Moved Date` five years after its `Date`, which stays as it was published.
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """All declarations of one run. `source` names the content: the same rows have the same name."""

    source: str
    notice: str
    rows: Sequence[Row]

    @classmethod
    def of(cls, kind: str, notice: str, rows: Sequence[Row]) -> "Shelf":
        """The rows with their moved dates, under a name made of their kind and content."""
        digest = hashlib.sha256(orjson.dumps([list(row.values()) for row in rows])).hexdigest()
        moved = [row | {"Moved Date": moved_on(date.fromisoformat(row["Date"])).isoformat()} for row in rows]
        return cls(f"{kind}-{digest[:16]}", notice, moved)

    def page(self, after: int, limit: int) -> dict[str, Any]:
        """At most `limit` rows after the first `after`; `next` is null where nothing follows."""
        rows = self.rows[after : after + limit]
        cursor = after + len(rows)
        return {
            "source": self.source,
            "notice": self.notice,
            "total": len(self.rows),
            "declarations": rows,
            "cursor": cursor,
            "next": cursor if cursor < len(self.rows) else None,
        }

    def flagged(self) -> int:
        """How many of the rows are marked as fraud."""
        return sum(row["Fraud"] == "1" for row in self.rows)


def moved_on(dated: date) -> date:
    """The date five years later; 29 February becomes the 28th."""
    try:
        return dated.replace(year=dated.year + YEARS_LATER)
    except ValueError:
        return dated.replace(year=dated.year + YEARS_LATER, day=28)
