"""The session that `phoihop login` keeps: one file a home, mode 0600, under the user's state folder."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

_MINE = 0o600
_OTHERS = 0o077


class UnusableSession(Exception):
    """The file is there and cannot be trusted or read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}. Run `phoihop logout`, then `phoihop login`.")


@dataclass(frozen=True, slots=True)
class KeptSession:
    """Who is signed in here, and the credential that is exchanged for a token at each call."""

    session: str
    person: str
    name: str
    unit: str
    roles: list[str]
    expires_at: str


@dataclass(frozen=True, slots=True)
class SessionFile:
    """Where the session of one home is kept."""

    path: Path

    @classmethod
    def of(cls, home: Path, environ: Mapping[str, str]) -> "SessionFile":
        """The file for this home in `XDG_STATE_HOME/phoihop`; each home has its own people, so each its session."""
        state = environ.get("XDG_STATE_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".local" / "state"
        mark = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
        return cls(Path(state) / "phoihop" / f"session-{mark}.json")

    def read(self) -> KeptSession | None:
        """The session, or None when nobody signed in; raises `UnusableSession` when others could have read it."""
        try:
            mode = self.path.stat().st_mode
            found = json.loads(self.path.read_bytes())
            kept = KeptSession(**found)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            raise UnusableSession(self.path, "it does not hold a session") from None
        if mode & _OTHERS:
            raise UnusableSession(self.path, f"others may read it (mode {mode & 0o777:04o})")
        return kept

    def write(self, kept: KeptSession) -> None:
        """Keep the session; readers see the old one or the new one, never a part, and nobody else sees either."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        staged = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MINE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            json.dump(asdict(kept), handle, ensure_ascii=False)
        staged.replace(self.path)

    def remove(self) -> bool:
        """Forget the session; False where there was none."""
        existed = self.path.exists()
        self.path.unlink(missing_ok=True)
        return existed
