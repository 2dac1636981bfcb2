"""Kafka's jars: resolved by coordinates against a committed lock, verified, cached for every clone."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infra.stack.errors import JarMismatch, JarsUnavailable, LockInvalid
from infra.stack.home import make_folder

LOCK = Path(__file__).parents[1] / "kafka" / "kafka.lock"
_LINE = re.compile(r"(?P<group>[^:\s]+):(?P<artifact>[^:\s]+):(?P<version>\S+) sha256:(?P<sha256>[0-9a-f]{64})")
#: Enough to hide latency, few enough to be a polite client.
_DOWNLOADS = 6


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """`group:artifact:version`, as Maven writes it."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def filename(self) -> str:
        """The name of the file in the cache."""
        return f"{self.artifact}-{self.version}.jar"


#: Puts the jar somewhere below the folder and says where.
Fetch = Callable[[Jar, Path], Path]


def read_lock(path: Path = LOCK) -> list[Jar]:
    """The jars that the lock names; raises `LockInvalid` with the number of the line that it cannot read."""
    jars: list[Jar] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise LockInvalid(path, number)
        jars.append(Jar(**match.groupdict()))
    return jars


def resolve(jar: Jar, folder: Path) -> Path:
    """Download exactly this jar by its coordinates; no POM is read, the lock is already complete."""
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 - slow, and a warm start downloads nothing

    context = MavenContext(repo_cache=folder, resolver=PythonResolver(), timeout=30)
    return Path(context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve())


def missing(jars: Sequence[Jar], cache: Path) -> list[Jar]:
    """Those that the cache lacks or holds with another digest."""
    folder = cache / "jars"
    return [jar for jar in jars if digest(folder / jar.filename) != jar.sha256]


def ensure_jars(
    cache: Path,
    *,
    jars: Sequence[Jar] | None = None,
    fetch: Fetch = resolve,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """The class path of the broker, every file verified against the lock at this very call.

    Raises `JarsUnavailable`, `JarMismatch` (nothing unverified ever enters the cache) or `NotWritable`.
    """
    wanted = read_lock() if jars is None else list(jars)
    make_folder(cache / "jars", 0o755)
    lacking = missing(wanted, cache)
    if lacking:
        progress(f"downloading {len(lacking)} of {len(wanted)} jars of Apache Kafka")
        with ThreadPoolExecutor(_DOWNLOADS) as pool:
            list(pool.map(lambda jar: _bring(jar, cache, fetch), lacking))
    return class_path(cache, wanted)


def class_path(cache: Path, jars: Sequence[Jar] | None = None) -> list[Path]:
    """Where the jars of the lock, or these, are kept, in the order of the class path."""
    return [cache / "jars" / jar.filename for jar in (read_lock() if jars is None else jars)]


def digest(path: Path) -> str | None:
    """The SHA-256 of a file in hex, or None when there is no such file."""
    if not path.is_file():
        return None
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _bring(jar: Jar, cache: Path, fetch: Fetch) -> None:
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache) as scratch:
        try:
            path = fetch(jar, Path(scratch))
        except (OSError, RuntimeError) as error:
            raise JarsUnavailable(jar.coordinate, cache, _short(error)) from error
        found = digest(path)
        if found != jar.sha256:
            raise JarMismatch(jar.coordinate, jar.sha256, found or "nothing")
        # The move happens inside the cache, so another command sees the whole jar or none.
        shutil.move(path, cache / "jars" / jar.filename)


def _short(error: Exception) -> str:
    # The resolver ends its message with the repositories' addresses, which tell the reader nothing new.
    return f"{type(error).__name__}: {str(error).split(' {', maxsplit=1)[0]}"
