"""`phoihop feed read`: the own unit's feed over HTTP, by number.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.client import calling

if TYPE_CHECKING:
    import httpx2

NOTIFICATIONS = "notifications"
_WAIT_SECONDS = 25
_PAGE = 200

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
    with calling(NOTIFICATIONS, as_json=as_json) as client:
        for event in _events(client, whose, after, follow=follow):
            typer.echo(json.dumps(event, ensure_ascii=False) if as_json else line(event))


def line(event: Mapping[str, Any]) -> str:
    """One event in one line: its number, when, what, how much of it is seen, about what."""
    view = str(event.get("dataschema", "")).rpartition(":")[2]
    kind = str(event["type"]).removeprefix("vn.phoihop.").rpartition(".v")[0]
    return f"#{event['feednumber']:<6} {event['time']}  {kind:<20} {view:<8} {event.get('subject') or ''}"


def _own_unit(*, as_json: bool) -> str:
    with calling("directory", as_json=as_json) as directory:
        return str(directory.get("/me").json()["unit"])


def _events(client: "httpx2.Client", unit: str, after: int, *, follow: bool) -> Iterator[Mapping[str, Any]]:
    while True:
        wait = _WAIT_SECONDS if follow else 0
        params = {"after": after, "limit": _PAGE, "wait": wait}
        page = client.get(f"/feeds/{unit}/events", params=params).json()
        yield from page["events"]
        if not follow and len(page["events"]) == 0:
            return
        after = page["next"]
