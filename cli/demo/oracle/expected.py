"""What each unit must receive, as a set of (unit, kind, item): a tip's key, a declaration, or a group of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cli.demo.oracle.routes import Named, day, named, province
from cli.demo.oracle.sheets import Sheets
from cli.demo.oracle.subject import subject

CONTRIBUTION = "case.contribution"
"""case.proposed or case.signal_added: which of a group comes first is not promised, that exactly one proposes is."""

Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Contribution:
    """A tip forwarded or a signal: the case it joins is that of its subject and lead, or one of its own."""

    item: str
    named: Named
    coordinators: frozenset[str]
    group: str


@dataclass
class Expected:
    """All triples, and the groups that decide how many cases there are."""

    triples: set[Triple] = field(default_factory=set)
    groups: dict[str, list[Contribution]] = field(default_factory=lambda: defaultdict(list))

    def add(self, units: Iterable[str], kind: str, item: str) -> None:
        """Each of the units must receive this kind about this item."""
        self.triples.update((unit, kind, item) for unit in units)

    def joins(self, contribution: Contribution) -> None:
        """The contribution is told to the units of its own rule and to the coordinators of its place."""
        self.groups[contribution.group].append(contribution)
        told = contribution.named.everyone | contribution.coordinators
        self.add(told, CONTRIBUTION, contribution.item)

    def around(self, group: str) -> tuple[set[str], set[str]]:
        """Who may claim the group's case, and who coordinates it (by its first contribution's place)."""
        members = self.groups[group]
        competent = set().union(*(member.named.everyone for member in members))
        return competent, set(members[0].coordinators)


def expect(
    story: Sequence[Mapping[str, Any]], signals: Iterable[Mapping[str, Any]], sheets: Sheets, today: date
) -> Expected:
    """Everything that must arrive when the story and the signals have been played to the end."""
    expected = Expected()
    for signal in signals:
        _signal(signal, sheets, expected)
    for tip in story:
        _tip(tip, sheets, today, expected)
    for tip in story:
        _case(tip, expected)
    return expected


def _signal(signal: Mapping[str, Any], sheets: Sheets, expected: Expected) -> None:
    facts, item = signal["facts"], signal["item"]
    expected.add([signal["sender"]], "signal.detected", item)
    at = day(signal["at"])
    expected.joins(_contribution(item, facts, signal.get("identifiers", ()), at, sheets))


def _tip(tip: Mapping[str, Any], sheets: Sheets, today: date, expected: Expected) -> None:
    key, desk, then = tip["key"], tip["desk"], tip["then"]
    if tip.get("named_units") or tip.get("names_an_official"):
        expected.add(_trusted(tip.get("named_units", ()), sheets, today), "integrity.opened", key)
        return
    expected.add([desk], "tip.received", key)
    if then["do"] in {"refuse", "advise", "link"}:
        past = {"refuse": "tip.refused", "advise": "tip.advised", "link": "tip.linked"}[then["do"]]
        expected.add([desk], past, key)
    had = {desk}
    if then["do"] == "forward":
        joined = _contribution(key, tip["facts"], _identifiers(tip), day(tip["facts"]["seen_from"]), sheets)
        had |= joined.named.everyone
        expected.add(had, "tip.forwarded", key)
        expected.joins(joined)
    hold = then if then["do"] == "hold" else then.get("hold")
    if hold:
        _held(key, hold["named_units"], had, (sheets, today), expected)


def _held(key: str, accused: Sequence[str], had: set[str], at: tuple[Sheets, date], expected: Expected) -> None:
    sheets, today = at
    trusted = _trusted(accused, sheets, today)
    hidden = set().union(*(sheets.line(unit, today) for unit in accused))
    expected.add(trusted, "integrity.opened", key)
    expected.add(trusted, "tip.held", key)
    expected.add(had - hidden, "tip.withdrawn", key)


def _case(tip: Mapping[str, Any], expected: Expected) -> None:
    claimants = tip.get("race") or tip.get("claim") or ()
    if not claimants:
        return
    group = next(name for name, members in expected.groups.items() if tip["key"] in {m.item for m in members})
    competent, coordinators = expected.around(group)
    expected.add(competent | coordinators, "case.claimed", group)
    if len(claimants) > 1:
        expected.add(coordinators, "case.claim_lost", group)
    if "close" in tip:
        expected.add(competent | coordinators, "case.closed", group)


def _contribution(item: str, facts: Mapping[str, Any], identifiers: Any, at: date, sheets: Sheets) -> Contribution:
    route = named(facts, at, sheets)
    about = subject(identifiers)
    group = f"{about}@{route.lead}" if about else f"{item}@{route.lead}"
    return Contribution(item, route, frozenset(sheets.coordinators(province(facts), at)), group)


def _identifiers(tip: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    found: Sequence[Mapping[str, str]] = tip.get("details", {}).get("identifiers", ())
    return found


def _trusted(accused: Iterable[str], sheets: Sheets, today: date) -> set[str]:
    hidden: set[str] = set().union(*(sheets.line(unit, today) for unit in accused))
    return sheets.integrity_units(today) - hidden
