"""The conditions of a measurement: without them a number says nothing."""

import os
import platform
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

CHECKOUT = Path(__file__).parents[2]


def conditions(now: datetime) -> dict[str, Any]:
    """Machine, interpreter, moment, commit, and how busy others kept the machine in the last minute."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "date": now.isoformat(timespec="seconds"),
        "commit": _commit(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _commit() -> str:
    """The commit that was measured, with a plus where files differ from it."""
    told = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!tests/bench/results")
    return f"{told}+" if changed else told


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"
