"""`make chaos`: kills, freezes and slows the parts of a real bus while clients work, then looks at what came of it.

`--quick` is one seed and under two minutes; `--seeds N --minutes M` are N runs of M minutes; `--seed S` repeats the
faults of a run. Each run heals, waits until all is settled, and is held against the invariants of docs/delivery.md.
Prints one line a run (`--json`: one object) and exits 0 if no invariant was broken, else 1. The runs of more than
one seed are kept, with their conditions, in tests/bench/results/chaos.json.
"""

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.living import living
from bench.machine import conditions
from chaos.trial import Outcome, Trial

RESULTS = Path(__file__).parents[1] / "bench" / "results" / "chaos.json"
QUICK_SECONDS = 40.0


def main(words: Sequence[str]) -> int:
    """The command."""
    asked = _asked(words)
    seconds = QUICK_SECONDS if asked.quick else asked.minutes * 60
    first = asked.seed if asked.seed is not None else secrets.randbelow(2**31)
    outcomes: list[Outcome] = []
    for seed in range(first, first + (1 if asked.quick else asked.seeds)):
        with living() as bus:
            outcomes.append(asyncio.run(Trial(bus, seed, seconds, _tell).run()))
        _tell(outcomes[-1].line())
    document = {
        "conditions": conditions(datetime.now(UTC)),
        "seconds": seconds,
        "runs": [asdict(one) for one in outcomes],
    }
    if len(outcomes) > 1:
        RESULTS.write_text(f"{json.dumps(document, ensure_ascii=False, indent=2)}\n", "utf-8")
    bad = [one for one in outcomes if one.faults]
    acts, dealt = sum(one.acts for one in outcomes), sum(len(one.dealt) for one in outcomes)
    summary = f"{len(outcomes)} seeds, {len(bad)} with faults; {acts} acts, {dealt} blows dealt"
    sys.stdout.write(f"{json.dumps(document, ensure_ascii=False) if asked.json else summary}\n")
    return 1 if bad else 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
    sys.stderr.flush()


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make chaos", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one seed, under two minutes")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long each is under fire")
    parser.add_argument("--seed", type=int, help="the first seed; the next runs take the ones after it")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
