"""`phoihop feed read`: the own unit's feed over HTTP, by number.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from cli.client import calling

NOTIFICATIONS = "notifications"
_WAIT_SECONDS = 25
_PAGE = 500

app = typer.Typer(no_args_is_help=True, help="The own unit's feed: every event it may see, numbered.")


@app.callback()
def group() -> None:
    """Keeps `read` a word of its own while it is the only command."""


@app.command()
def read(
    after: Annotated[int, typer.Option(min=0, help="Show what comes after this number.")] = 0,
    follow: Annotated[bool, typer.Option(help="Go on showing what arrives, until Ctrl-C.")] = False,
    unit: Annotated[
        str | None, typer.Option(help="Only ever the own unit; default: that of whoever signed in.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One CloudEvent as JSON a line.")] = False,
) -> None:
    """Show the feed from a number on."""
    whose = unit or _own_unit(as_json=as_json)
    try:
        for event in _events(whose, after, follow=follow, as_json=as_json):
            typer.echo(json.dumps(event, ensure_ascii=False) if as_json else line(event))
    except KeyboardInterrupt:
        # The way to end --follow; without it, it is an abort.
        if not follow:
            raise


def line(event: Mapping[str, Any]) -> str:
    """One event in one line: its number, when, what, how much of it is seen, about what."""
    view = str(event.get("dataschema", "")).rpartition(":")[2]
    kind = str(event["type"]).removeprefix("vn.phoihop.").rpartition(".v")[0]
    return f"#{event['feednumber']:<6} {event['time']}  {kind:<20} {view:<8} {event.get('subject') or ''}"


def _own_unit(*, as_json: bool) -> str:
    with calling("directory", as_json=as_json) as directory:
        return str(directory.get("/me").json()["unit"])


def _events(unit: str, after: int, *, follow: bool, as_json: bool) -> Iterator[Mapping[str, Any]]:
    """Page by page, each with a token of its own: one outlives no long watch."""
    params = {"after": after, "limit": _PAGE, "wait": _WAIT_SECONDS if follow else 0}
    while True:
        with calling(NOTIFICATIONS, as_json=as_json) as client:
            page = client.get(f"/feeds/{unit}/events", params=params).json()
        yield from page["events"]
        if not follow and not page["events"]:
            return
        params["after"] = page["next"]
