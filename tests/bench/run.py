"""Prints a table of the numbers that the design promises, as this machine gives them: `make bench ARGS=daylight`.

The table goes to stdout (`--json` for programs) and, with its conditions, to tests/bench/results/<table>.json; what is
being measured is told on stderr. Exit codes: 0 every target that could be measured is met; 1 one is not, or a
measurement failed; 2 wrong usage.
"""

import argparse
import json
import logging
import random
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bench import daylight, tables
from bench.figure import Figure
from bench.hot import table as hot
from bench.machine import conditions

Tell = Callable[[str], object]
Measure = Callable[[Tell, int], list[Figure]]

RESULTS = Path(__file__).parent / "results"
TABLES: dict[str, Sequence[tuple[str, Measure]]] = {"daylight": daylight.MEASURES, "bus": hot.MEASURES}


def main(words: Sequence[str]) -> int:
    """Measure, print, keep."""
    asked = _asked(words)
    found = conditions(datetime.now(UTC))
    figures = [one for name, measure in TABLES[asked.table] for one in _measured(name, measure, found)]
    document = tables.document(asked.table, found, figures)
    written = json.dumps(document, ensure_ascii=False, indent=2)
    (RESULTS / f"{asked.table}.json").write_text(f"{written}\n", "utf-8")
    sys.stdout.write(f"{written if asked.json else tables.text(found, figures)}\n")
    wrong = [one for one in figures if one.met is False or (one.measured is None and one.target is not None)]
    return 1 if wrong else 0


def _measured(name: str, measure: Measure, found: dict[str, object]) -> list[Figure]:
    """The figures of one measurement; one that fails is a row that says so, and the others go on."""
    seed, began = random.randrange(2**32), time.monotonic()
    _tell(f"{name}: begun, seed {seed}")
    try:
        figures = measure(_tell, seed)
    except Exception as error:  # noqa: BLE001 - told in full, and the table says that this row failed
        traceback.print_exc()
        figures = [Figure(name, None, "", daylight.FAILED, f"failed: {type(error).__name__}: {str(error)[:200]}")]
    spent = found.setdefault(tables.SPENT, {})
    if isinstance(spent, dict):
        spent[name] = round(time.monotonic() - began, 1)
    _tell(f"{name}: {time.monotonic() - began:.0f} s")
    return figures


def _tell(line: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
    sys.stderr.flush()


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("table", choices=sorted(TABLES), nargs="?", default="daylight")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    return parser.parse_args(words)


if __name__ == "__main__":
    # Lines of the log would stand among those of the table.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sys.exit(main(sys.argv[1:]))
