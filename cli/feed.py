"""`phoihop feed …`: the own unit's feed over HTTP, by number; and a unit's feed written to its topic again.

`replay` needs the role directory_admin, and for the feed of an integrity unit integrity_officer too.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.client import calling, say
from cli.form_file import wrong_usage

NOTIFICATIONS = "notifications"
_WAIT_SECONDS = 25
_PAGE = 500

app = typer.Typer(no_args_is_help=True, help="The own unit's feed: every event it may see, numbered.")


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


@app.command()
def replay(
    unit: Annotated[str, typer.Argument(help="Whose feed.")],
    begin: Annotated[str, typer.Option("--from", metavar="NUMBER|TIME", help="From this number, or time (UTC), on.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit.")],
    end: Annotated[
        str | None, typer.Option("--to", metavar="NUMBER|TIME", help="To this number, or before this time.")
    ] = None,
    rate: Annotated[int, typer.Option(min=1, max=2_000, help="Events a second at most.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Write a part of a feed to `to.<unit>` again, under the same numbers, as the unit may see it now."""
    body = {"reason": reason, "rate": rate, **_bound("from", begin), **(_bound("to", end) if end else {})}
    with calling(NOTIFICATIONS, as_json=as_json) as client:
        found = client.post(f"/feeds/{unit}/replays", json=body).json()
    say(found, as_json=as_json, text=_told(found))


@app.command()
def replays(
    unit: Annotated[str, typer.Argument(help="Whose feed.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """What of a feed is and was written again, by whom and why."""
    with calling(NOTIFICATIONS, as_json=as_json) as client:
        found = client.get(f"/feeds/{unit}/replays").json()
    lines = [_told(one) for one in found["replays"]]
    say(found, as_json=as_json, text="\n".join(lines) or "nothing was written again")


def _bound(side: str, text: str) -> dict[str, int | str]:
    if text.isdecimal():
        return {f"{side}_number": int(text)}
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        wrong_usage(f"--{side} {text!r} is no number and no time; give 120, or 2026-11-24T08:00:00+07:00")
    return {f"{side}_time": (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()}


def _told(one: Mapping[str, Any]) -> str:
    state = "finished" if one["finished_at"] else f"at number {one['next_number']}"
    numbers = f"{one['from_number']} to {one['to_number']}"
    return f"{one['unit']} {numbers}: {state}, {one['rate']}/s, asked by {one['asked_by']}: {one['reason']}"


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
