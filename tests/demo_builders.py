"""A whole run as the units' consumers would have received it, made from what the oracle expects."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import reference
from cli.demo.judged import OFFICES
from cli.demo.ledger import Ledger
from cli.demo.oracle import declarations
from cli.demo.oracle.expected import CONTRIBUTION, Expected, expect
from cli.demo.oracle.observed import read
from cli.demo.oracle.sheets import Sheets
from cli.demo.oracle.verdict import Verdict, judge
from cli.demo.report import Run, Timing, figures
from cli.demo.story import load
from cli.received import Received

TODAY = date(2026, 11, 24)
SHEETS = Sheets.read(reference.folder(), OFFICES)
STORY = load()
DECLARATION = {
    "Declaration ID": "41256141",
    "Date": "2021-04-01",
    "Office ID": "40",
    "Importer ID": "Y3OM027",
    "Fraud": "1",
}
SAME_IMPORTER = DECLARATION | {"Declaration ID": "41256142"}
ANOTHER = DECLARATION | {"Declaration ID": "20889431", "Office ID": "90", "Importer ID": "QBIH1EB"}
ORDER = [
    "signal.detected",
    "tip.received",
    "tip.refused",
    "tip.advised",
    "tip.linked",
    "tip.forwarded",
    "case.proposed",
    "case.signal_added",
    "case.claimed",
    "case.claim_lost",
    "case.closed",
    "tip.withdrawn",
    "tip.held",
    "integrity.opened",
]


def expectation() -> Expected:
    """The whole story with three flagged declarations, two of one importer."""
    rows = (DECLARATION, SAME_IMPORTER, ANOTHER)
    return expect([tip.row for tip in STORY], [declarations.signal(row, SHEETS) for row in rows], SHEETS, TODAY)


@dataclass(frozen=True)
class Played:
    """What was expected, what was received, and what the doors had told."""

    expected: Expected
    received: list[Received]
    ledger: Ledger

    def verdict(self, received: Sequence[Received] | None = None) -> Verdict:
        """The oracle's verdict on this, or on an altered, reception."""
        seen = self.received if received is None else received
        losers = {group: loser for group, (_, loser) in self.races().items()}
        return judge(seen, read(seen, self.ledger.tips, self.expected), self.expected, losers)

    def races(self) -> dict[str, tuple[str, str]]:
        """Group of each race to who won and who lost."""
        group_of = {member.item: group for group, members in self.expected.groups.items() for member in members}
        return {group_of[tip.key]: tip.claimants for tip in STORY if len(tip.claimants) > 1}  # type: ignore[misc] # two race

    def report(self, received: Sequence[Received] | None = None, declared: int = 3) -> dict[str, Any]:
        """The figures of the report on this, or on an altered, reception."""
        seen = self.received if received is None else received
        agency = {row["code"]: row["agency"] for row in SHEETS.units}
        run = Run(declared, self.ledger, 0, Timing(1.0, 2.0))
        return figures(seen, run, self.verdict(seen), agency)


def played() -> Played:
    """A run in which every promise held."""
    expected = expectation()
    ledger = Ledger(tips={tip.key: f"tip-{tip.key}" for tip in STORY}, counts={"entered": len(STORY)})
    run = Played(expected, [], ledger)
    triples = sorted(
        {*expected.triples, *((loser, "case.claim_lost", group) for group, (_, loser) in run.races().items())}
    )
    first = {group: members[0].item for group, members in expected.groups.items()}
    group_of = {member.item: group for group, members in expected.groups.items() for member in members}
    events = [(unit, *_event(kind, item, group_of, first)) for unit, kind, item in triples]
    return replace(run, received=numbered([_received(*event) for event in events]))


def numbered(received: Sequence[Received]) -> list[Received]:
    """Feed numbers, offsets and case numbers as a service without faults would give them, in order of what happens."""
    feeds: dict[str, int] = defaultdict(int)
    cases: dict[tuple[str, str], int] = defaultdict(int)
    found = []
    for seen in sorted(received, key=lambda seen: (ORDER.index(seen.kind), seen.id)):
        feeds[seen.unit] += 1
        number = None
        if seen.kind.startswith("case."):
            cases[seen.unit, seen.subject] += 1
            number = cases[seen.unit, seen.subject]
        found.append(replace(seen, offset=feeds[seen.unit] - 1, feednumber=feeds[seen.unit], casenumber=number))
    return found


def _event(
    kind: str, item: str, group_of: dict[str, str], first: dict[str, str]
) -> tuple[str, str, str, dict[str, Any]]:
    """Kind on the wire, event id, subject and data."""
    about = f"tip-{item}" if not item.startswith("decl:") else f"signal-{item}"
    if kind == CONTRIBUTION:
        group = group_of[item]
        kind = "case.proposed" if first[group] == item else "case.signal_added"
        return kind, f"{kind}-{item}", f"case-{group}", {"origin": {"id": about}}
    if kind.startswith("case."):
        return kind, f"{kind}-{item}", f"case-{item}", {}
    if kind == "integrity.opened":
        return kind, f"{kind}-{item}", f"integrity-{item}", {"tip_id": about}
    reference_no = {"reference": item.removeprefix("decl:")} if kind == "signal.detected" else {}
    return kind, f"{kind}-{item}", about, reference_no


def _received(unit: str, kind: str, event: str, subject: str, data: dict[str, Any]) -> Received:
    return Received(unit, 0, 0, None, event, kind, subject, "full", data, 1.0)
