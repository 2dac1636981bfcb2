"""Calls to the services for command groups: an HTTP client that acts as whoever signed in, and tells problems well.

Exit codes of every command that calls: 0 done; 1 refused (the problem is printed); 2 wrong usage; 3 the service
cannot be reached; 4 nobody is signed in, or the session has ended.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from cli.session import SessionFile, UnusableSession
from cli.stack import home

if TYPE_CHECKING:
    import httpx2

EXIT_REFUSED, EXIT_USAGE, EXIT_UNREACHABLE, EXIT_SIGNED_OUT = 1, 2, 3, 4
SIGNED_OUT_STATUS = 401
_FIRST_ERROR = 400
_PROBLEM = "application/problem+json"


class Answered(Exception):
    """A service answered with a problem."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(str(document.get("type", status)))
        self.status = status
        self.document = document


@contextmanager
def calling(service: str, *, as_json: bool, purpose: str = "", anonymous: bool = False) -> Iterator["httpx2.Client"]:
    """A client of one service, with a fresh token of the person signed in unless `anonymous`.

    Inside the block any answer of 400 and above ends the command: the problem goes to stderr (as JSON to stdout with
    `as_json`) and the exit code is as this module says. A command that wants to see it catches `Answered`.
    """
    import httpx2

    from services.runtime.errors import ConfigurationError

    try:
        token = None if anonymous else fresh_token(purpose)
        with _client(service, token) as client:
            yield client
    except Answered as answer:
        _tell(answer, as_json=as_json)
    except UnusableSession as error:
        _stop(str(error), EXIT_SIGNED_OUT, as_json=as_json)
    except ConfigurationError as error:
        _stop(f"{error}", EXIT_UNREACHABLE, as_json=as_json)
    except httpx2.TransportError as error:
        reason = f"{service} does not answer ({type(error).__name__}); run `phoihop up`, or look at `phoihop doctor`"
        _stop(reason, EXIT_UNREACHABLE, as_json=as_json)


def idempotency_key() -> dict[str, str]:
    """The header of a write, with a new key; keep it to send the same write again."""
    from bus.identity import uuid7

    return {"Idempotency-Key": str(uuid7())}


def session_file() -> SessionFile:
    """Where this home's session is kept."""
    return SessionFile.of(home().root, os.environ)


def say(found: Any, *, as_json: bool, text: str) -> None:
    """The result on stdout, for a program or for a person."""
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text)


def fresh_token(purpose: str = "") -> str:
    """A token of the person signed in, good for some minutes; raises `Answered` (401) where nobody is."""
    kept = session_file().read()
    if kept is None:
        raise Answered(SIGNED_OUT_STATUS, {"title": "nobody is signed in", "detail": "Run `phoihop login`."})
    with _client("directory", kept.session) as directory:
        return str(directory.post("/tokens", json={"purpose": purpose}).json()["token"])


def _client(service: str, credential: str | None) -> "httpx2.Client":
    import httpx2

    from services.runtime.settings import Settings

    headers = {"Accept-Language": language()}
    if credential:
        headers["Authorization"] = f"Bearer {credential}"
    return httpx2.Client(
        base_url=Settings(home=home().root).url(service),
        headers=headers,
        timeout=httpx2.Timeout(60.0, connect=3.0),
        trust_env=False,
        event_hooks={"response": [_raise_problem]},
    )


def _raise_problem(response: "httpx2.Response") -> None:
    if response.status_code < _FIRST_ERROR:
        return
    response.read()
    if response.headers.get("content-type", "").startswith(_PROBLEM):
        raise Answered(response.status_code, response.json())
    raise Answered(response.status_code, {"title": f"HTTP {response.status_code}", "status": response.status_code})


def language() -> str:
    """Vietnamese where the terminal's locale is, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "vi" if locale.lower().startswith("vi") else "en"


def _tell(answer: Answered, *, as_json: bool) -> NoReturn:
    code = EXIT_SIGNED_OUT if answer.status == SIGNED_OUT_STATUS else EXIT_REFUSED
    if as_json:
        typer.echo(json.dumps(dict(answer.document), ensure_ascii=False))
    else:
        typer.echo("\n".join(_lines(answer.document)), err=True)
    sys.exit(code)


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"error: {document.get('title', '')}"
    if document.get("detail"):
        yield str(document["detail"])
    for fault in document.get("errors", ()):
        place = fault.get("pointer") or next(iter(fault.values()), "")
        yield f"  {place}: {fault.get('detail', '')}"
    if document.get("instance"):
        yield f"request: {document['instance']}"


def _stop(reason: str, code: int, *, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"error": reason}, ensure_ascii=False))
    else:
        typer.echo(f"error: {reason}", err=True)
    sys.exit(code)
