"""`phoihop desk …`: what an operator does with the tips of the own desk.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.client import calling, idempotency_key, say
from cli.form_file import form_of, wrong_usage

INTAKE, UNMASK = "intake", "unmask"


class TipState(StrEnum):
    """Where a tip stands, as far as its desk sees it."""

    RECEIVED = "received"
    REFUSED = "refused"
    ADVISED = "advised"
    LINKED = "linked"
    FORWARDED = "forwarded"


class Part(StrEnum):
    """What the vault holds of a tip."""

    CONTENT = "content"
    INFORMANT = "informant"


app = typer.Typer(no_args_is_help=True, help="The desk: take tips down, and decide each of them.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Tip = Annotated[str, typer.Argument(metavar="TIP", help="The tip's id, as `desk list` shows it.")]


@app.command("list")
def list_tips(
    state: Annotated[TipState | None, typer.Option(help="Only those in this state.")] = None,
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
    file: Annotated[
        str, typer.Argument(help="The form as JSON: channel, content, informant, facts, details. - reads stdin.")
    ],
    key: Annotated[str | None, typer.Option(help="Idempotency-Key: the same key enters the same form once.")] = None,
    as_json: Json = False,
) -> None:
    """Take a tip down for a caller, a letter or a visitor. The receipt is shown once, to be read out."""
    form = form_of(file)
    with calling(INTAKE, as_json=as_json) as intake:
        headers = {"Idempotency-Key": key} if key else idempotency_key()
        found = intake.post("/desk/tips", json=form, headers=headers).json()
    where = "held for the integrity unit: this desk will not see it" if found["held"] else f"tip {found['tip_id']}"
    place = ", ".join(f"{name} {value}" for name, value in found.get("place", {}).items())
    text = f"receipt {found['receipt']}  (shown once: read it out)\n{where}"
    say(found, as_json=as_json, text=f"{text}\n{place}" if place else text)


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
    part: Annotated[Part, typer.Option(help="What to read; informant needs a role of its own.")] = Part.CONTENT,
    purpose: Annotated[
        str | None, typer.Option(help="Why; it is recorded with your name. Asked for if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read what the vault holds of a tip. Every attempt is recorded, whether allowed or refused."""
    why = purpose or _purpose()
    with calling(UNMASK, as_json=as_json, purpose=why) as unmask:
        body = {"part": part.value, "purpose": why}
        found = unmask.post(f"/vault/{tip}/open", json=body, headers=idempotency_key()).json()
    said = found.get("content")
    say(found, as_json=as_json, text=said if isinstance(said, str) else pretty(found["informant"]))


def pretty(found: Mapping[str, Any]) -> str:
    """A JSON object as a person reads it."""
    return json.dumps(found, ensure_ascii=False, indent=2)


def _purpose() -> str:
    if not sys.stdin.isatty():
        wrong_usage("opening needs --purpose: why, in a few words; it is recorded with your name")
    return str(typer.prompt("Why (it is recorded with your name)", err=True))


def _decide(tip: str, decision: str, body: Mapping[str, Any], *, as_json: bool) -> None:
    given = {name: value for name, value in body.items() if value is not None}
    with calling(INTAKE, as_json=as_json) as intake:
        found = intake.post(f"/desk/tips/{tip}/{decision}", json=given, headers=idempotency_key()).json()
    told = ", ".join(f"{name} {value}" for name, value in found.get("result", {}).items())
    say(found, as_json=as_json, text=f"done: {decision}" + (f" ({told})" if told else ""))
