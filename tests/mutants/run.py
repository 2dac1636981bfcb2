"""`make mutants`: switches the guards of delivery and need to know off, one at a time; a test must notice each.

Exits 0 when the tests are green with every guard in place, each guard taken away turns one of its tests red, and all
is green again afterwards; else 1. `--only NAME` tries one guard, `--json` prints one object.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.stack.runs import RUN, begin
from mutants.guard import DoesNotApplyError, Guard, all_tests, guards
from mutants.trial import Ran, Tree, copy_of

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one guard: `caught` by these tests, or why not."""

    guard: str
    caught: bool
    by: Sequence[str]
    why: str
    seconds: float

    def line(self) -> str:
        """For people."""
        told = f"caught by {self.by[0]}" if self.caught else f"NOT CAUGHT: {self.why}"
        return f"{self.guard:<18} {told} ({self.seconds:.0f} s)"


def tried(tree: Tree, guard: Guard) -> Verdict:
    """The guard's tests without the guard."""
    began = time.monotonic()
    try:
        with tree.without(guard):
            ran = tree.run(guard.tests)
    except DoesNotApplyError as error:
        return Verdict(guard.name, caught=False, by=(), why=str(error), seconds=time.monotonic() - began)
    return Verdict(guard.name, ran.caught, ran.failed, _why(guard, ran), round(time.monotonic() - began, 1))


def _why(guard: Guard, ran: Ran) -> str:
    if ran.caught:
        return ""
    if ran.errors:
        return f"its tests could not run: {', '.join(ran.errors)}\n{ran.said[-2000:]}"
    return f"{ran.passed} tests passed without it, though {guard.breaks}"


def judged(chosen: Sequence[Guard], environ: Mapping[str, str], say: "Progress") -> list[Verdict]:
    """Every guard's verdict. Raises SystemExit where the tests are not green with all guards in place."""
    with copy_of(ROOT, environ) as tree:
        _green(tree, chosen, "before", say)
        verdicts = []
        for number, guard in enumerate(chosen, 1):
            say(f"{number}/{len(chosen)} without the {guard.name} …")
            verdicts.append(tried(tree, guard))
            say(verdicts[-1].line())
        _green(tree, chosen, "after", say)
    return verdicts


def _green(tree: Tree, chosen: Sequence[Guard], when: str, say: "Progress") -> None:
    ran = tree.run(all_tests(chosen))
    if not ran.green:
        raise SystemExit(f"{ran.said[-6000:]}\nnot green {when} the guards were switched off")
    say(f"{ran.passed} tests green {when}")


class Progress:
    """Says what happens while it happens, on standard error where standard output is for a program."""

    def __init__(self, *, as_json: bool) -> None:
        self._to = sys.stderr if as_json else sys.stdout

    def __call__(self, text: str) -> None:
        """One line."""
        self._to.write(f"{text}\n")
        self._to.flush()


def chosen_from(names: Sequence[str]) -> list[Guard]:
    """The guards of these names, or all. Raises SystemExit for a name that no guard has."""
    known = guards()
    unknown = sorted(set(names) - {guard.name for guard in known})
    if unknown:
        raise SystemExit(f"no guard {', '.join(unknown)}; there are: {', '.join(guard.name for guard in known)}")
    return [guard for guard in known if not names or guard.name in names]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="try this guard; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    asked = parser.parse_args(arguments)
    chosen, say = chosen_from(asked.only), Progress(as_json=asked.json)
    run = begin(os.environ)
    try:
        verdicts = judged(chosen, {**os.environ, RUN: str(run.folder)}, say)
    finally:
        run.finish()
    caught = sum(verdict.caught for verdict in verdicts)
    if asked.json:
        document = {"mutants": len(verdicts), "caught": caught, "verdicts": [asdict(one) for one in verdicts]}
        sys.stdout.write(f"{json.dumps(document)}\n")
    say(f"{len(verdicts)} mutants, {caught} caught")
    return 0 if caught == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
