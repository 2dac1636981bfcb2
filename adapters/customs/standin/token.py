"""The token that the stand-in asks of its callers: made once, kept in the home, readable by its owner alone."""

import secrets
from pathlib import Path

from adapters.sdk.files import write_whole

_BYTES = 32


def token_of(path: Path) -> str:
    """The token in the file; made when the file is not there."""
    if not path.exists():
        write_whole(path, secrets.token_urlsafe(_BYTES).encode())
    return path.read_text("utf-8").strip()
