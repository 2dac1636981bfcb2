"""`phoihop desk …`: what an operator does with the tips of the own desk.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import EXIT_USAGE, calling, idempotency_key, say

INTAKE, UNMASK = "intake", "unmask"

app = typer.Typer(no_args_is_help=True, help="The desk: take tips down, and decide each of them.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Tip = Annotated[str, typer.Argument(metavar="TIP", help="The tip's id, as `desk list` shows it.")]


@app.command("list")
def list_tips(
    state: Annotated[str | None, typer.Option(help="received, refused, advised, linked or forwarded.")] = None,
    after: Annotated[str | None, typer.Option(help="The tip that the last page ended with.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: Json = False,
) -> None:
    """The tips of the own desk."""
    asked = {"state": state, "after": after, "limit": limit}
    with calling(INTAKE, as_json=as_json) as intake:
        found = intake.get("/desk/tips", params={name: value for name, value in asked.items() if value}).json()
    rows = [f"{tip['tip_id']}  {tip['state']:<10} {tip['channel']:<10} {tip['tip_no']}" for tip in found["tips"]]
    more = [f"more: --after {found['next']}"] if found.get("next") else []
    say(found, as_json=as_json, text="\n".join([*rows, *more]) or "no tips")


@app.command()
def show(tip: Tip, as_json: Json = False) -> None:
    """One tip: its facts and state. What the informant said is read by `desk open`."""
    with calling(INTAKE, as_json=as_json) as intake:
        found = intake.get(f"/desk/tips/{tip}").json()
    say(found, as_json=as_json, text=pretty(found))


@app.command()
def route(tip: Tip, as_json: Json = False) -> None:
    """Where the rule in force would send the tip."""
    with calling(INTAKE, as_json=as_json) as intake:
        found = intake.get(f"/desk/tips/{tip}/route").json()
    say(found, as_json=as_json, text=pretty(found))


@app.command()
def enter(
    file: Annotated[Path, typer.Argument(help="The form as JSON: channel, content, informant, facts, details.")],
    as_json: Json = False,
) -> None:
    """Take a tip down for a caller, a letter or a visitor. The receipt is shown once, to be read out."""
    try:
        form = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        typer.echo(f"error: {file} is no readable JSON ({error})", err=True)
        raise typer.Exit(EXIT_USAGE) from error
    with calling(INTAKE, as_json=as_json) as intake:
        found = intake.post("/desk/tips", json=form, headers=idempotency_key()).json()
    say(found, as_json=as_json, text=pretty(found))


@app.command()
def refuse(
    tip: Tip,
    code: Annotated[str, typer.Option(help="A ground of reference/refusal_codes.csv, like quay_roi.")],
    reason: Annotated[str | None, typer.Option()] = None,
    as_json: Json = False,
) -> None:
    """Refuse a tip on a ground of the Regulation."""
    _decide(tip, "refuse", {"code": code, "reason": reason}, as_json=as_json)


@app.command()
def advise(
    tip: Tip,
    to: Annotated[str, typer.Option(help="Whom the informant was told to turn to.")],
    note: Annotated[str | None, typer.Option()] = None,
    as_json: Json = False,
) -> None:
    """Say where an out-of-scope matter belongs."""
    _decide(tip, "advise", {"advised_to": to, "note": note}, as_json=as_json)


@app.command()
def link(tip: Tip, to: Annotated[str, typer.Option(help="The id of the earlier tip.")], as_json: Json = False) -> None:
    """Say that the tip tells of the same thing as an earlier one."""
    _decide(tip, "link", {"linked_to": to}, as_json=as_json)


@app.command()
def forward(
    tip: Tip,
    approver: Annotated[str, typer.Option(help="Who approved sending it on.")],
    number: Annotated[str, typer.Option(help="Number of the forwarding document.")],
    dated: Annotated[str | None, typer.Option(help="Its date as YYYY-MM-DD; default: today.")] = None,
    signer: Annotated[str | None, typer.Option()] = None,
    as_json: Json = False,
) -> None:
    """Send the tip to the unit that the rule in force names."""
    day = dated or date.today().isoformat()  # noqa: DTZ011 - the date on the paper is the operator's own day
    document = {"number": number, "dated": day, "signer": signer}
    _decide(tip, "forward", {"approver": approver, "document": document}, as_json=as_json)


@app.command()
def hold(
    tip: Tip,
    unit: Annotated[list[str], typer.Option(help="A unit that the tip names; repeat for more.")],
    reason: Annotated[str, typer.Option()],
    as_json: Json = False,
) -> None:
    """Hand a tip that names an officer or a unit to the integrity route. The desk will not see it again."""
    _decide(tip, "hold", {"named_units": unit, "reason": reason}, as_json=as_json)


@app.command("open")
def open_part(
    tip: Tip,
    part: Annotated[str, typer.Option(help="content or informant.")] = "content",
    purpose: Annotated[str, typer.Option(help="Why; it is recorded with your name.")] = "",
    as_json: Json = False,
) -> None:
    """Read what the vault holds of a tip. Every attempt is recorded, whether allowed or refused."""
    with calling(UNMASK, as_json=as_json, purpose=purpose) as unmask:
        body = {"part": part, "purpose": purpose}
        found = unmask.post(f"/vault/{tip}/open", json=body, headers=idempotency_key()).json()
    said = found.get("content")
    say(found, as_json=as_json, text=said if isinstance(said, str) else pretty(found))


def pretty(found: Mapping[str, Any]) -> str:
    """A JSON object as a person reads it."""
    return json.dumps(found, ensure_ascii=False, indent=2)


def _decide(tip: str, decision: str, body: Mapping[str, Any], *, as_json: bool) -> None:
    given = {name: value for name, value in body.items() if value is not None}
    with calling(INTAKE, as_json=as_json) as intake:
        found = intake.post(f"/desk/tips/{tip}/{decision}", json=given, headers=idempotency_key()).json()
    told = ", ".join(f"{name} {value}" for name, value in found.get("result", {}).items())
    say(found, as_json=as_json, text=f"done: {decision}" + (f" ({told})" if told else ""))
