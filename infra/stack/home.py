"""Where the stack keeps its state, and the lock that lets one command at a time change it."""

import fcntl
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.stack.errors import NotWritable, StackBusy

#: Fits a cold `up` on a slow machine: whoever waits longer is told instead of left hanging.
LOCK_SECONDS = 300.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one stack (`.phoihop/` of a checkout) and the fixed places inside it."""

    root: Path

    @property
    def info(self) -> Path:
        """`stack.json`: where the running stack listens."""
        return self.root / "stack.json"

    @property
    def processes(self) -> Path:
        """What was started, by pid and start time."""
        return self.root / "processes"

    @property
    def lock(self) -> Path:
        """The file that whoever changes this stack holds."""
        return self.root / "stack.lock"

    @property
    def secrets(self) -> Path:
        """Secrets, one file each, readable by their owner alone."""
        return self.root / "secrets"

    @property
    def tls(self) -> Path:
        """The development CA's certificate and the broker's key."""
        return self.root / "tls"

    @property
    def kafka(self) -> Path:
        """The broker's configuration and log."""
        return self.root / "kafka"

    @property
    def logs(self) -> Path:
        """What the servers print."""
        return self.root / "logs"

    def prepare(self) -> None:
        """Make the folders; raises `NotWritable` naming the one that could not be made."""
        for folder, mode in ((self.root, 0o755), (self.secrets, 0o700), (self.kafka, 0o700), (self.logs, 0o755)):
            make_folder(folder, mode)


def make_folder(path: Path, mode: int) -> None:
    """Make `path` with its parents and give it exactly `mode`; raises `NotWritable`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise NotWritable(path, error.strerror or str(error)) from error


def home_of(environ: Mapping[str, str], checkout: Path) -> Home:
    """The home that `PHOIHOP_HOME` names, else `.phoihop/` in the checkout; always absolute."""
    return Home(Path(environ.get("PHOIHOP_HOME") or checkout / ".phoihop").expanduser().resolve())


def cache_of(environ: Mapping[str, str]) -> Path:
    """The user's cache of jars: `PHOIHOP_CACHE`, else `phoihop` under XDG's cache folder.

    It lies outside the checkout, so that a second clone downloads nothing.
    """
    if environ.get("PHOIHOP_CACHE"):
        return Path(environ["PHOIHOP_CACHE"]).expanduser().resolve()
    base = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".cache"
    return Path(base) / "phoihop"


@contextmanager
def exclusive(path: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock file `path`; raises `StackBusy` when another process keeps it for `seconds`.

    The kernel drops the lock with its process, so a killed command leaves nothing to clean.
    """
    with path.open("a") as handle:
        deadline = time.monotonic() + seconds
        while not _locked(handle.fileno()):
            if time.monotonic() > deadline:
                raise StackBusy(path.parent, seconds)
            time.sleep(_POLL_SECONDS)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
