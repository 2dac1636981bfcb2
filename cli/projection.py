"""`phoihop projection …`: making what the console reads again from the log, beside what is read, and changing to it.

Needs the role directory_admin. Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.client import calling, say

CONSOLE = "console"

app = typer.Typer(no_args_is_help=True, help="What the console reads: make it again from the log, and change to it.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Name = Annotated[str, typer.Argument(metavar="PROJECTION", help="timeline (with the list of cases) or search.")]


@app.command()
def status(as_json: Json = False) -> None:
    """How each stands: the last rebuild, how far it is, and whether it equals what is read."""
    with calling(CONSOLE, as_json=as_json) as client:
        found = client.get("/projections").json()
    say(found, as_json=as_json, text="\n".join(_line(one) for one in found["projections"]))


@app.command()
def rebuild(
    projection: Name, reason: Annotated[str, typer.Option(help="Why; it stands in the audit.")], as_json: Json = False
) -> None:
    """Begin to make it again beside the live one; nothing that is read changes."""
    _act(projection, "rebuild", {"reason": reason}, as_json=as_json)


@app.command()
def switch(projection: Name, as_json: Json = False) -> None:
    """Read what was made again from now on, once it has caught up; what was read is kept."""
    _act(projection, "switch", None, as_json=as_json)


@app.command()
def rollback(projection: Name, as_json: Json = False) -> None:
    """Read again what was read before the last switch."""
    _act(projection, "rollback", None, as_json=as_json)


def _act(projection: str, act: str, body: Mapping[str, Any] | None, *, as_json: bool) -> None:
    with calling(CONSOLE, as_json=as_json) as client:
        found = client.post(f"/projections/{projection}/{act}", json=body).json()
    say(found, as_json=as_json, text=f"{found['projection']}: {found['state']}")


def _line(one: Mapping[str, Any]) -> str:
    last = one["rebuild"]
    if last is None:
        return f"{one['projection']:<10} never rebuilt"
    if last["state"] != "building":
        return f"{one['projection']:<10} {last['state']}, asked by {last['asked_by']}: {last['reason']}"
    words = {None: "not at the same place yet", True: "equal to what is read", False: "NOT equal to what is read"}
    return f"{one['projection']:<10} building, {one['percent']} % read, {words[one['equal']]}"
