"""Compares what was received with what must be, and counts every way in which they part."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cli.demo.oracle.expected import Expected, Triple
from cli.demo.oracle.observed import ANSWERS, CONTRIBUTIONS, Reading
from cli.received import Received

_RANK = {"case.proposed": 0, "case.signal_added": 1, "case.claimed": 2, "case.claim_lost": 3, "case.closed": 4}
_RANK |= {"tip.received": 0, "tip.linked": 1, "tip.refused": 1, "tip.advised": 1, "tip.forwarded": 2}
_RANK |= {"tip.withdrawn": 3, "tip.held": 4}
_TWICE = {"case.signal_added", "case.claim_lost"}


@dataclass
class Verdict:
    """The faults found, each as a line that a person can follow up. No line at all means that the promises held."""

    missing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was missing, unexpected, duplicated or out of order."""
        return not (self.missing or self.unexpected or self.duplicated or self.out_of_order)


def judge(received: Sequence[Received], reading: Reading, expected: Expected, races: Mapping[str, str]) -> Verdict:
    """The verdict. `races` is the group of each race to the unit that lost it, which only then is known to be told."""
    feeds = first_deliveries(received)
    told = [seen for feed in feeds.values() for seen in feed]
    facts = [seen for seen in told if not seen.kind.startswith(ANSWERS)]
    wanted = Counter(expected.triples) + Counter((loser, "case.claim_lost", group) for group, loser in races.items())
    wanted = Counter(dict.fromkeys(wanted, 1))
    found = Counter(reading.triple(seen) for seen in unique(facts))
    verdict = Verdict(
        missing=_lines(wanted - found),
        unexpected=[*_lines(found - wanted), *_strangers(told), *_proposals(facts, reading, expected)],
        duplicated=_duplicates(told),
    )
    for unit, feed in feeds.items():
        verdict.out_of_order.extend(_disorder(unit, feed))
    return verdict


def first_deliveries(received: Iterable[Received]) -> dict[str, list[Received]]:
    """Each unit's feed as a reader applies it: by offset, a number that was seen before skipped (at least once)."""
    feeds: dict[str, dict[int, Received]] = defaultdict(dict)
    for seen in sorted(received, key=lambda seen: (seen.unit, seen.offset)):
        feeds[seen.unit].setdefault(seen.feednumber, seen)
    return {unit: list(feed.values()) for unit, feed in feeds.items()}


def unique(facts: Iterable[Received]) -> list[Received]:
    """One delivery of each event to each unit; a second number of the same event is a duplicate, not a second fact."""
    return list({(seen.unit, seen.id): seen for seen in facts}.values())


def _lines(triples: Counter[Triple]) -> list[str]:
    return [f"{unit}: {kind} of {item}" for (unit, kind, item), count in sorted(triples.items()) for _ in range(count)]


def _duplicates(told: Iterable[Received]) -> list[str]:
    numbers: dict[tuple[str, str], set[int]] = defaultdict(set)
    for seen in told:
        numbers[seen.unit, seen.id].add(seen.feednumber)
    return [f"{unit}: event {event} under numbers {sorted(n)}" for (unit, event), n in numbers.items() if len(n) > 1]


def _strangers(told: Iterable[Received]) -> list[str]:
    """Answers that reached a unit other than the one that sent the command."""
    answers = (seen for seen in told if seen.kind.startswith(ANSWERS))
    return [f"{seen.unit}: an answer to {sender}" for seen in answers if (sender := _sender(seen)) != seen.unit]


def _sender(seen: Received) -> str:
    return str(seen.data["command_source"]).split("/")[2]


def _proposals(facts: Iterable[Received], reading: Reading, expected: Expected) -> list[str]:
    """Groups with another number of cases than one."""
    group_of = {member.item: group for group, members in expected.groups.items() for member in members}
    proposed: dict[str, set[str]] = defaultdict(set)
    for seen in facts:
        if seen.kind in CONTRIBUTIONS:
            proposed[group_of.get(reading.triple(seen)[2], "")].add(seen.subject)
    return [f"{group}: {len(cases)} cases, one was due" for group, cases in sorted(proposed.items()) if len(cases) > 1]


def _disorder(unit: str, feed: Sequence[Received]) -> list[str]:
    numbers = [seen.feednumber for seen in feed]
    faults = [] if numbers == list(range(1, len(feed) + 1)) else [f"{unit}: feed numbers are not 1 to {len(feed)}"]
    ranks: dict[str, int] = {}
    counted: dict[str, int] = defaultdict(int)
    for seen in feed:
        rank, before = _RANK.get(seen.kind), ranks.get(seen.subject, -1)
        if rank is not None:
            if rank < before or (rank == before and seen.kind not in _TWICE):
                faults.append(f"{unit}: {seen.kind} of {seen.subject} after a later step")
            ranks[seen.subject] = max(rank, before)
        if seen.casenumber is not None:
            counted[seen.subject] += 1
            if seen.casenumber != counted[seen.subject]:
                faults.append(
                    f"{unit}: case number {seen.casenumber} of {seen.subject}, {counted[seen.subject]} was due"
                )
    return faults
