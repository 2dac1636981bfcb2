"""Asks a program's health door from inside its container: `python -m services.runtime.probe [URL]`.

The URL is by default `http://127.0.0.1:8000/healthz`. Exit code 0 when the door answers with success within 3
seconds, 1 with the reason on stderr when it does not. It stands on the standard library alone: it runs every few
seconds beside each program, and must cost next to nothing.
"""

import sys
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

DOOR = "http://127.0.0.1:8000/healthz"
SECONDS = 3.0
_SUCCESS = range(200, 300)
_SHOWN = 300


def fault(url: str) -> str | None:
    """None when the door answers well, else why not, in one line."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        text = answer.read(_SHOWN).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return f"{url} does not answer: {type(error).__name__}: {error}"
    finally:
        connection.close()
    return None if answer.status in _SUCCESS else f"{url} answers {answer.status}: {text}"


def main(arguments: Sequence[str]) -> int:
    """Ask once; the exit code."""
    found = fault(arguments[0] if arguments else DOOR)
    if found:
        sys.stderr.write(f"{found}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
