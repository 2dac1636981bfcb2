"""What is asked of the list of cases: one of its tabs, and what its rows must have in common."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from schemas.reference.validity import VIETNAM
from services.console.model import labels
from services.console.model.sight import State

SILENT_DAYS = 7
"""A case is silent for a viewer to whom it has shown nothing new for so many days, and that is not closed."""


class Tab(StrEnum):
    """The parts of the list, by the words of addresses."""

    ALL = ""
    PROPOSED = "proposed"
    CLAIMED = "claimed"
    MINE = "mine"
    SILENT = "silent"
    CLOSED = "closed"

    @property
    def state(self) -> State | None:
        """The state that all rows of the tab have, where they have one."""
        return {Tab.PROPOSED: State.PROPOSED, Tab.CLAIMED: State.CLAIMED, Tab.CLOSED: State.CLOSED}.get(self)

    @property
    def oldest_first(self) -> bool:
        """Whether what has been waiting longest comes first: it is the most urgent."""
        return self is Tab.SILENT


@dataclass(frozen=True, slots=True)
class Asked:
    """A tab, and filters that all rows pass: one of these units, a province, a stage, something new since a day."""

    tab: Tab = Tab.ALL
    units: frozenset[str] = field(default_factory=frozenset)
    province: str = ""
    stage: str = ""
    since: date | None = None

    @property
    def filtered(self) -> bool:
        """Whether anything but the tab narrows the list."""
        return bool(self.units or self.province or self.stage or self.since)

    @property
    def common(self) -> list[str]:
        """The labels that every row has."""
        found = [labels.of_province(self.province)] if self.province else []
        return [*found, labels.of_stage(self.stage)] if self.stage else found

    @property
    def since_moment(self) -> datetime | None:
        """The first moment of the day in Vietnam."""
        return datetime(self.since.year, self.since.month, self.since.day, tzinfo=VIETNAM) if self.since else None


def silent_before(now: datetime) -> datetime:
    """Who has shown nothing since this moment is silent."""
    return now - timedelta(days=SILENT_DAYS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ends: the next one goes on behind it."""

    touched: datetime
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Overview:
    """How many cases that pass the filters stand in each tab, all of them cases that the unit may see.

    `change` is the last change that any case showed the unit, whatever the filters.
    """

    tabs: dict[Tab, int]
    change: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.tabs[Tab.ALL]

    @property
    def cases(self) -> dict[State, int]:
        """By the state that the unit knows of."""
        return {tab.state: count for tab, count in self.tabs.items() if tab.state is not None}
