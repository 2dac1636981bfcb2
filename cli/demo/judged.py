"""The oracle's question and answer for one run: what is due, what is missing now, the verdict at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import reference
from cli.demo.declared import Declared
from cli.demo.ledger import Ledger
from cli.demo.oracle.expected import expect
from cli.demo.oracle.observed import read
from cli.demo.oracle.reports import KIND, ExpectedReports, item
from cli.demo.oracle.sheets import Sheets
from cli.demo.oracle.verdict import Verdict, judge
from cli.demo.story import StoryTip
from cli.received import Received

OFFICES = Path(__file__).parents[2] / "adapters" / "customs" / "offices.csv"


@dataclass(frozen=True, slots=True)
class Due:
    """A list of reported sites, the desk that it is handed to, and what must become of it."""

    desk: str
    file_name: str
    reports: ExpectedReports


class Judge:
    """Holds what must arrive; asked again and again while things arrive."""

    def __init__(
        self, story: Sequence[StoryTip], source: Declared, ledger: Ledger, today: date, handed: Due | None = None
    ) -> None:
        sheets = Sheets.read(reference.folder(), OFFICES)
        self._story = {tip.key: tip for tip in story}
        self._ledger = ledger
        self.declarations = source.declarations
        self.expected = expect([tip.row for tip in story], source.signals, sheets, today)
        self._handed = handed
        if handed is not None:
            for line in handed.reports.firsts:
                self.expected.add([handed.desk], KIND, item(handed.file_name, line))

    @property
    def due(self) -> int:
        """How many deliveries must arrive at the least."""
        return len(self.expected.triples)

    def missing(self, received: Sequence[Received]) -> int:
        """How many are not there yet."""
        return self.due if len(received) < self.due else len(self.verdict(received).missing)

    def verdict(self, received: Sequence[Received]) -> Verdict:
        """The verdict on what has been received so far."""
        reading = read(received, self._ledger.tips, self.expected)
        return judge(received, reading, self.expected, self._losers())

    def miscounted(self, counts: Mapping[str, int]) -> list[str]:
        """Each count of the list that the desk gave otherwise, or not at all."""
        wanted = self._handed.reports.counts if self._handed else {}
        return [
            f"{name}: the desk says {counts.get(name)}, {count} is due"
            for name, count in wanted.items()
            if counts.get(name) != count
        ]

    def _losers(self) -> dict[str, str]:
        group_of = {member.item: group for group, members in self.expected.groups.items() for member in members}
        return {
            group_of[key]: next(unit for unit in self._story[key].claimants if unit != winner)
            for key, winner in self._ledger.races.items()
        }
