"""Reads what was received in the oracle's words: which tip, declaration or group of them each event is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cli.demo.oracle.expected import CONTRIBUTION, Expected, Triple
from cli.received import Received

ANSWERS = "command."
REPORT = "tip.received"
CONTRIBUTIONS = ("case.proposed", "case.signal_added")


@dataclass(frozen=True, slots=True)
class Reading:
    """Event id to item: learnt from the units that saw enough, used for those that saw only a pointer."""

    items: Mapping[str, str]

    def triple(self, seen: Received) -> Triple:
        """The event as a triple; one that fits nothing told keeps its id, and so is unexpected."""
        kind = CONTRIBUTION if seen.kind in CONTRIBUTIONS else seen.kind
        return seen.unit, kind, self.items.get(seen.id, f"unknown:{seen.id}")


def read(received: Sequence[Received], tips: Mapping[str, str], expected: Expected) -> Reading:
    """Understands everything received. `tips` is story key to tip id, as the desk's door answered.

    A report of a list is known by the file and line that its event names.
    """
    names = {tip: key for key, tip in tips.items()}
    names |= {seen.subject: f"decl:{seen.data['reference']}" for seen in received if seen.kind == "signal.detected"}
    names |= {
        seen.subject: f"report:{seen.data['recording_ref']}"
        for seen in received
        if seen.kind == REPORT and seen.subject not in names and seen.data.get("recording_ref")
    }
    group_of = {member.item: group for group, members in expected.groups.items() for member in members}
    items: dict[str, str] = {}
    cases: dict[str, str] = {}
    for seen in received:
        item = names.get(_about(seen))
        if item is not None:
            items[seen.id] = item
            if seen.kind in CONTRIBUTIONS:
                cases[seen.subject] = group_of.get(item, "")
    items |= {seen.id: cases[seen.subject] for seen in _later(received) if seen.subject in cases}
    return Reading(items)


def _about(seen: Received) -> str:
    """The id of the tip or signal that the event names, or of its own aggregate."""
    if seen.kind in CONTRIBUTIONS:
        return str(seen.data.get("origin", {}).get("id", ""))
    return str(seen.data["tip_id"]) if seen.kind == "integrity.opened" else seen.subject


def _later(received: Iterable[Received]) -> Iterable[Received]:
    return (seen for seen in received if seen.kind.startswith("case.") and seen.kind not in CONTRIBUTIONS)
