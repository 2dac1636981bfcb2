"""Is everything here that the stack needs? Each check finds one thing out and says what to do about it."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infra.stack import postgres, server_account
from infra.stack.embedded import EmbeddedStack, recorded
from infra.stack.errors import NotWritable, StackError, StackNotRunning
from infra.stack.home import Home, cache_of
from infra.stack.info import StackInfo, StackStatus
from infra.stack.jars import missing, read_lock
from infra.stack.java import find_java
from infra.stack.ports import choose
from infra.stack.secrets import SecretFiles

#: A demo's log, database and jars stay far below this.
_FREE_BYTES = 2 * 1024**3
_PYTHON = (3, 11)
#: What only child processes need: containers bring their own.
_EMBEDDED_ONLY = {"java", "jars", "postgresql", "abandoned"}
Verdict = Literal["good", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `bad` needs the remedy, `note` is worth knowing, `good` has none."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


Check = Callable[[], Finding]


def examine(home: Home, environ: Mapping[str, str]) -> list[Finding]:
    """Every check, in the order in which a first start would fail. Raises nothing: a failure is a finding."""
    checks: Mapping[str, Check] = {
        "python": python,
        "java": java,
        "jars": lambda: jars(cache_of(environ)),
        "postgresql": lambda: programs(home),
        "disk": lambda: disk(home),
        "ports": lambda: ports(home),
        "secrets": lambda: modes(home),
        "abandoned": lambda: abandoned(server_account.OUTSIDE_HOMES),
        "stack": lambda: health(EmbeddedStack(environ, cache_of(environ)).status(home)),
        "retention": lambda: retention(home),
    }
    if environ.get("PHOIHOP_STACK") == "docker":
        checks = {name: check for name, check in checks.items() if name not in _EMBEDDED_ONLY} | {
            "engine": lambda: engine_holds(environ),
            "stack": lambda: health(in_containers(home, environ)),
        }
    return [_found(name, check) for name, check in checks.items()]


def python(version: tuple[int, int, int] = sys.version_info[:3]) -> Finding:
    """3.11 or later."""
    text = ".".join(map(str, version))
    if version[:2] < _PYTHON:
        return Finding("python", "bad", text, "Install Python 3.11 or later and run `make setup`")
    return Finding("python", "good", text)


def java(search_path: str | None = None) -> Finding:
    """17 or later on PATH, or the wheel."""
    found = find_java(search_path)
    return Finding("java", "good", f"{found.major} at {found.path}")


def jars(cache: Path) -> Finding:
    """Every jar of the lock is in the cache with its digest."""
    wanted = read_lock()
    lacking = missing(wanted, cache)
    if lacking:
        found = f"{len(lacking)} of {len(wanted)} not in {cache}"
        return Finding("jars", "note", found, "The first `phoihop stack up` downloads them, about 44 MB")
    return Finding("jars", "good", f"{len(wanted)} verified in {cache}")


def programs(home: Home, candidates: Sequence[Path] = server_account.OUTSIDE_HOMES) -> Finding:
    """PostgreSQL's programs are installed and have somewhere to keep data."""
    where = postgres.programs()
    if os.geteuid() != 0:
        return Finding("postgresql", "good", f"programs in {where}, data in {home.root / 'postgres'}")
    base = server_account.place_for_root(home, candidates)
    return Finding("postgresql", "good", f"runs as {server_account.ACCOUNT}, data in {base}")


def disk(home: Home, needed: int = _FREE_BYTES) -> Finding:
    """The home can be written and has room."""
    nearest = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise NotWritable(nearest, "permission denied")
    free = shutil.disk_usage(nearest).free
    found = f"{free / 1024**3:.1f} GiB free for {home.root}"
    if free < needed:
        remedy = f"Free {(needed - free) / 1024**3:.1f} GiB, or set PHOIHOP_HOME to a folder on a larger disk"
        return Finding("disk", "bad", found, remedy)
    return Finding("disk", "good", found)


def ports(home: Home) -> Finding:
    """Servers may listen on loopback; ports of a running stack are its own."""
    last = recorded(home)
    if last is not None:
        return Finding("ports", "good", ", ".join(f"{name} {port}" for name, port in sorted(last.ports.items())))
    choose(["probe"], {})
    return Finding("ports", "good", "free ports can be had on 127.0.0.1")


def modes(home: Home) -> Finding:
    """Nobody but the owner can read a secret."""
    secrets = SecretFiles(home.secrets)
    exposed = secrets.too_open()
    if exposed:
        found = f"{len(exposed)} can be read by others, first {exposed[0]}"
        return Finding("secrets", "bad", found, f"Run `chmod -R go= {home.secrets}`, then `phoihop stack reset`")
    state = "readable by their owner alone" if secrets.folder.exists() else "not made yet"
    return Finding("secrets", "good", state)


def abandoned(candidates: Sequence[Path]) -> Finding:
    """Root's PostgreSQL folders whose checkout is gone."""
    if os.geteuid() != 0:
        return Finding("abandoned", "good", "only root keeps folders outside the home")
    found = [str(path) for path in server_account.abandoned(candidates)]
    if found:
        return Finding("abandoned", "note", ", ".join(found), f"Their home is gone: `rm -r {' '.join(found)}`")
    return Finding("abandoned", "good", "nothing left behind")


def engine_holds(environ: Mapping[str, str]) -> Finding:
    """A container engine answers and has both images; what it has not, the first start pulls."""
    from infra.stack.engine import engine, images_of, lacking  # noqa: PLC0415 - slow, and needed for containers alone

    engine(environ).close()
    found, wanted = lacking(environ), images_of(environ)
    if found:
        return Finding("engine", "note", found, "The first `phoihop stack up` pulls it; docs/containers.md for more")
    return Finding("engine", "good", f"holds {wanted.kafka} and {wanted.postgres}")


def in_containers(home: Home, environ: Mapping[str, str]) -> StackStatus:
    """How the containers of this home are; raises `EngineMissing`."""
    from infra.stack.docker_stack import DockerStack  # noqa: PLC0415 - as above

    return DockerStack(environ, cache_of(environ)).status(home)


def health(status: StackStatus) -> Finding:
    """Both servers answer, or the stack is down altogether; one alone is a fault."""
    words = ", ".join(f"{part.name} {_word(part.running, part.ready)}" for part in status.parts)
    if status.ready:
        return Finding("stack", "good", words)
    remedy = "Start it with `phoihop stack up`"
    if any(part.running for part in status.parts):
        return Finding("stack", "bad", words, "Run `phoihop stack up`: it ends what hangs and starts what is missing")
    return Finding("stack", "note", words, remedy)


def retention(home: Home) -> Finding:
    """The log of record is kept for ever, and units' topics for two weeks, whatever somebody told the broker since."""
    from confluent_kafka import KafkaException  # noqa: PLC0415 - slow, and needed where a stack is there alone

    from infra.stack.admin import connect  # noqa: PLC0415 - as above
    from infra.stack.retention import drifts  # noqa: PLC0415 - as above

    try:
        info = StackInfo.load(home)
        secret = SecretFiles(info.secrets).read("kafka/admin")
        found = drifts(connect(info.kafka.agency, info.kafka.ca, "admin", secret))
    except StackNotRunning:
        return Finding("retention", "good", "no topics yet")
    except KafkaException as error:
        return Finding(
            "retention", "note", f"not asked: {error.args[0].str()}", "Start the stack by `phoihop stack up`"
        )
    if found:
        return Finding("retention", "bad", "; ".join(found), "Run `phoihop stack up`: it sets back what is declared")
    return Finding("retention", "good", "every topic keeps its events for as long as declared")


def _word(running: bool, ready: bool) -> str:  # noqa: FBT001 - two facts of one part, named by the caller's loop
    return "answers" if ready else "runs and does not answer" if running else "is down"


def _found(name: str, check: Check) -> Finding:
    try:
        return check()
    except StackError as error:
        return Finding(name, "bad", error.message, error.remedy)
    except OSError as error:
        return Finding(
            name, "bad", f"{error.strerror}: {error.filename}", f"Look at {os.fspath(error.filename or '/')}"
        )
