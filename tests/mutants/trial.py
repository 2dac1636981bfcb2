"""Tests run in a copy of the tree, where a guard can be switched off without touching anybody's checkout."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from mutants.guard import Guard

SECONDS = 600
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".tools", ".phoihop", "__pycache__", ".*_cache", ".hypothesis")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run of tests ended: how many passed, the names of those that failed, and of those that could not run."""

    passed: int
    failed: Sequence[str]
    errors: Sequence[str]
    said: str

    @property
    def green(self) -> bool:
        """Whether something ran and all of it passed."""
        return self.passed > 0 and not self.failed and not self.errors

    @property
    def caught(self) -> bool:
        """Whether a test failed by what it asserts, and none for want of something to run on."""
        return bool(self.failed) and not self.errors


@dataclass(frozen=True, slots=True)
class Tree:
    """A copy of the sources; its tests and the programs that they start import it before anything installed."""

    root: Path
    environ: Mapping[str, str]

    def run(self, tests: Sequence[str]) -> Ran:
        """Run these tests in the copy, with the interpreter of this process. Raises `subprocess.TimeoutExpired`."""
        report = self.root.parent / "report.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
        environ = {**self.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, cwd=self.root, env=environ, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return _told(report, done.stdout + done.stderr)

    @contextmanager
    def without(self, guard: Guard) -> Iterator[None]:
        """Inside the block the guard is off; afterwards every file is what it was. Raises `DoesNotApplyError`."""
        before = guard.switch_off(self.root)
        try:
            yield
        finally:
            for path, text in before.items():
                path.write_text(text, encoding="utf-8")


@contextmanager
def copy_of(root: Path, environ: Mapping[str, str] = os.environ) -> Iterator[Tree]:
    """A copy that is removed at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="phoihop-mutants-") as folder:
        copied = Path(folder) / "tree"
        shutil.copytree(root, copied, ignore=_LEFT_OUT, symlinks=True)
        yield Tree(copied, environ)


def _told(report: Path, said: str) -> Ran:
    if not report.exists():
        return Ran(0, (), ("pytest did not run",), said)
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it a moment ago
    failed = [case.get("name", "") for case in cases if case.find("failure") is not None]
    errors = [case.get("name", "") for case in cases if case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    return Ran(len(cases) - len({*failed, *errors}) - len(skipped), failed, errors, said)
