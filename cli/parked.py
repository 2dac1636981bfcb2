"""`phoihop parked …`: what the services could not handle, with its reason. Needs the role directory_admin.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.client import calling, say
from cli.form_file import wrong_usage

SERVICES = ("intake", "gateway", "cases", "notifications", "console")

app = typer.Typer(no_args_is_help=True, help="Events that could not be handled, kept with their reason.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command("list")
def list_parked(
    service: Annotated[str | None, typer.Option(help=f"One of {', '.join(SERVICES)}; default: all.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only those parked for this reason.")] = None,
    after: Annotated[str | None, typer.Option(help="The id that the last page of this service ended with.")] = None,
    as_json: Json = False,
) -> None:
    """What is parked, by service."""
    if after and not service:
        wrong_usage(f"--after goes on with one service: name it by --service ({', '.join(SERVICES)})")
    asked = {"reason": reason, "after": after}
    given = {name: value for name, value in asked.items() if value}
    found = {name: _page(name, given, as_json=as_json) for name in ([_known(service)] if service else SERVICES)}
    lines = [f"{name:<14} {_counted(page)}" for name, page in found.items()]
    rows = [
        f"{name:<14} {row['id']}  {row['reason']}  {row['error']}" for name in found for row in found[name]["parked"]
    ]
    more = [f"more: --service {name} --after {page['next']}" for name, page in found.items() if page["next"]]
    say(found, as_json=as_json, text="\n".join([*lines, *rows, *more]))


@app.command()
def show(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")],
    parked: Annotated[str, typer.Argument(metavar="ID", help="The id, as `parked list` shows it.")],
    as_json: Json = False,
) -> None:
    """One parked event: where it stands in its topic, and why it is kept. Its values stay sealed."""
    with calling(_known(service), as_json=as_json) as client:
        found = client.get(f"/parked/{parked}").json()
    say(found, as_json=as_json, text=json.dumps(found, ensure_ascii=False, indent=2))


def _page(service: str, asked: Mapping[str, str], *, as_json: bool) -> dict[str, Any]:
    with calling(service, as_json=as_json) as client:
        page: dict[str, Any] = client.get("/parked", params=asked).json()
    return page


def _counted(page: dict[str, Any]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in page["counts"].items()) or "nothing parked"


def _known(service: str) -> str:
    if service not in SERVICES:
        wrong_usage(f"no service {service!r} keeps parked events; use one of {', '.join(SERVICES)}")
    return service
