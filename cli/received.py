"""One event as a unit's own consumer received it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Received:
    """One event on one unit's topic. `kind` is the type without prefix and version, `view` the cut it came in."""

    unit: str
    offset: int
    feednumber: int
    casenumber: int | None
    id: str
    kind: str
    subject: str
    view: str
    data: Mapping[str, Any]
    seen_at: float
