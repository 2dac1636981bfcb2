"""`phoihop login`, `logout`, `whoami`: the session of a person at this checkout.

Exit codes: 0 done; 1 refused; 2 wrong usage; 3 directory cannot be reached; 4 nobody is signed in, or the password
is wrong.
"""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.client import EXIT_USAGE, SIGNED_OUT_STATUS, Answered, calling, say, session_file
from cli.session import KeptSession, UnusableSession

if TYPE_CHECKING:
    import httpx2

app = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The login that directory knows you by.")]


@app.command()
def login(who: Login, as_json: Json = False) -> None:
    """Sign in. The password is asked for at a terminal, else read as the first line of standard input."""
    password = _password()
    with calling("directory", as_json=as_json, anonymous=True) as directory:
        found = directory.post("/sessions", json={"login": who, "password": password}).json()
        kept = KeptSession(**{name: found[name] for name in KeptSession.__slots__})
        session_file().write(kept)
    shown = {name: value for name, value in found.items() if name != "session"}
    until = datetime.fromisoformat(kept.expires_at).astimezone()
    say(shown, as_json=as_json, text=f"signed in as {_who(shown)}, until {until:%d/%m %H:%M}")


@app.command()
def logout(as_json: Json = False) -> None:
    """Forget the session here, and end it at directory; nothing happens where nobody is signed in.

    Exit 3 says that it is forgotten here while directory, which could not be reached, lets it run out by itself.
    """
    credential = _forget()
    if credential is not None:
        with calling("directory", as_json=as_json, anonymous=True) as directory:
            _end(directory, credential)
    say({"signed_in": False}, as_json=as_json, text="signed out")


@app.command()
def whoami(as_json: Json = False) -> None:
    """Say who directory takes you for, with unit and roles."""
    with calling("directory", as_json=as_json) as directory:
        found = directory.get("/me").json()
    say(found, as_json=as_json, text=_who(found))


def _password() -> str:
    """What was typed, unseen, or the first line of a pipe."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        typer.echo("error: no password: type it at a terminal, or give it as the first line of stdin", err=True)
        raise typer.Exit(EXIT_USAGE)
    return password


def _forget() -> str | None:
    """Remove the file, a broken or readable one too, and return the credential that was in it."""
    place = session_file()
    try:
        kept = place.read()
    except UnusableSession:
        kept = None
    place.remove()
    return kept.session if kept else None


def _end(directory: "httpx2.Client", credential: str) -> None:
    try:
        directory.delete("/sessions", headers={"Authorization": f"Bearer {credential}"})
    except Answered as answer:
        # It had ended already, which is what was asked for.
        if answer.status != SIGNED_OUT_STATUS:
            raise


def _who(found: dict[str, Any]) -> str:
    roles = ", ".join(found["roles"]) or "no role"
    return f"{found['name'] or found['person']} ({found['person']}, {found['unit']}: {roles})"
