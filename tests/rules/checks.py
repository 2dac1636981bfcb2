"""What `make check` runs: every check, each in a line with its time, and non-zero at the end if one failed.

Usage: checks.py [name ...]; without names all of them. The hooks of .pre-commit-config.yaml call this file
too, so that a commit, a desk and CI ask the same questions in the same words.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    """A question to the tree: its name, what it holds, and the command that answers with its exit code."""

    name: str
    holds: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What a check said: seconds it took, whether it held, and its output."""

    check: Check
    seconds: float
    held: bool
    output: str

    @property
    def line(self) -> str:
        """One line for a person: verdict, name, time and what the check holds."""
        verdict = "ok    " if self.held else "FAILED"
        return f"{verdict} {self.check.name:<10} {self.seconds:5.1f} s  {self.check.holds}"


CHECKS = (
    Check("types", "every value has a type (mypy --strict)", (str(BIN / "mypy"), "--no-error-summary")),
    Check("lint", "ruff, every rule but the listed ones", (str(BIN / "ruff"), "check", ".")),
    Check("format", "the formatter has nothing to change", (str(BIN / "ruff"), "format", "--check", ".")),
    Check("imports", "imports point one way", (str(BIN / "lint-imports"), "--no-logo")),
    Check("packages", "every dependency is used and declared", (str(BIN / "deptry"), "--no-ansi", ".")),
    Check("licences", "nothing GPL or AGPL at run time", (PYTHON, "tests/rules/licences.py")),
    Check("locks", "the locks are those of pyproject.toml", (PYTHON, "tests/rules/locks.py")),
    Check("house", "the rules of the house", (PYTHON, "tests/rules/house.py")),
    Check(
        "schemas",
        "the published schemas are those of the code",
        (PYTHON, "-m", "schemas.publish", "--check"),
    ),
    Check("reference", "the reference data is sound", (str(BIN / "phoihop"), "reference", "check")),
)


def ask(check: Check, root: Path = ROOT) -> Answer:
    """Run one check in `root`; a command that cannot be started counts as failed and says so."""
    started = time.monotonic()
    try:
        done = subprocess.run(
            check.command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    except OSError as error:
        return Answer(check, time.monotonic() - started, held=False, output=str(error))
    return Answer(check, time.monotonic() - started, held=done.returncode == 0, output=done.stdout)


def chosen(names: Sequence[str], checks: Sequence[Check] = CHECKS) -> list[Check]:
    """Return the checks of these names, all without a name; raises SystemExit naming what is unknown."""
    unknown = sorted(set(names) - {check.name for check in checks})
    if unknown:
        known = ", ".join(check.name for check in checks)
        raise SystemExit(f"no check called {', '.join(unknown)}; there are: {known}")
    return [check for check in checks if not names or check.name in names]


def run(checks: Sequence[Check], root: Path = ROOT, workers: int = 2) -> int:
    """Run all checks, `workers` at a time; print each answer as its turn comes and return how many failed."""
    failed = 0
    with ThreadPoolExecutor(workers) as pool:
        pending: list[Future[Answer]] = [pool.submit(ask, check, root) for check in checks]
        for future in pending:
            answer = future.result()
            failed += not answer.held
            print(answer.line, flush=True)
            if not answer.held:
                print(answer.output.rstrip(), flush=True)
    return failed


def main(names: Sequence[str]) -> int:
    """Run the named checks and return the exit code: 0 only if every one held."""
    checks = chosen(names)
    failed = run(checks)
    print(f"{len(checks) - failed} of {len(checks)} checks held", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
