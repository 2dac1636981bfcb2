"""The report of one run: the figures of `demo.json`, and whether they are good."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.demo.ledger import Ledger
from cli.demo.oracle.observed import ANSWERS
from cli.demo.oracle.verdict import Verdict, first_deliveries
from cli.received import Received

AGENCIES = ("customs", "market_surveillance", "police", "tax", "standing_office")
_FATES = ("refused", "advised", "linked", "held", "forwarded")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds from the start of the command."""

    first_delivery: float
    total: float


@dataclass(frozen=True, slots=True)
class Run:
    """What one run was: declarations in the agency's system, what the doors told, parked events found, its times."""

    declarations: int
    ledger: Ledger
    parked: int
    timing: Timing


def figures(received: Iterable[Received], run: Run, verdict: Verdict, agency: Mapping[str, str]) -> dict[str, Any]:
    """The content of `demo.json`. `agency` is unit to agency; answers to commands are not counted as delivered."""
    facts = [seen for feed in first_deliveries(received).values() for seen in feed if not seen.kind.startswith(ANSWERS)]
    delivered: dict[str, int] = defaultdict(int)
    for seen in facts:
        delivered[agency[seen.unit]] += 1
    return {
        "declarations": run.declarations,
        "signals": len({seen.subject for seen in facts if seen.kind == "signal.detected"}),
        "tips": run.ledger.counts.get("entered", 0),
        **{f"tips_{fate}": run.ledger.counts.get(fate, 0) for fate in _FATES},
        "cases_proposed": len({seen.subject for seen in facts if seen.kind == "case.proposed"}),
        "cases_claimed": len({seen.subject for seen in facts if seen.kind == "case.claimed"}),
        "delivered": {name: delivered[name] for name in AGENCIES},
        "missing": len(verdict.missing),
        "unexpected": len(verdict.unexpected),
        "duplicated": len(verdict.duplicated),
        "out_of_order": len(verdict.out_of_order),
        "parked": run.parked,
        "seconds_to_first_delivery": round(run.timing.first_delivery, 2),
        "seconds_total": round(run.timing.total, 2),
    }


def faults(report: Mapping[str, Any]) -> list[str]:
    """Why the report is red; empty means green. Nothing in, and nothing through, is a fault of its own."""
    empty = [f"0 {name}" for name in ("declarations", "signals", "tips") if report[name] == 0]
    wrong = ("missing", "unexpected", "duplicated", "out_of_order", "parked")
    return empty + [f"{report[name]} {name}" for name in wrong if report[name]]


def save(report: Mapping[str, Any], path: Path) -> None:
    """Write the report as one JSON object."""
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
