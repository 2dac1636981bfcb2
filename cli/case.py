"""`phoihop case …`: the cases that the own unit may see, and what it does with them.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.client import calling, idempotency_key, say

if TYPE_CHECKING:
    import httpx2

CONSOLE, CASES = "console", "cases"


class CaseState(StrEnum):
    """The tabs of the list: where a case stands, or how the own unit stands to it."""

    PROPOSED = "proposed"
    CLAIMED = "claimed"
    MINE = "mine"
    SILENT = "silent"
    CLOSED = "closed"


app = typer.Typer(no_args_is_help=True, help="Cases: list, show, claim, close.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Case = Annotated[str, typer.Argument(metavar="CASE", help="The case's id, as `case list` shows it.")]


@app.command("list")
def list_cases(
    state: Annotated[
        CaseState | None,
        typer.Option(help="mine: open, and the own unit leads or is named; silent: open, and nothing new for 7 days."),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Only those with this unit, or a unit of this agency.")] = None,
    province: Annotated[str | None, typer.Option(help="A two-digit code of reference/provinces.csv.")] = None,
    stage: Annotated[str | None, typer.Option(help="A code of reference/stages.csv, like nhap_khau.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Something new since, like 2026-11-24.")] = None,
    after: Annotated[str | None, typer.Option(help="The mark that the last page ended with.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every page, from the first or from --after.")] = False,
    as_json: Json = False,
) -> None:
    """The cases that the own unit may see, the last changed first (silent ones: longest silent first)."""
    given = {"state": state, "unit": unit, "province": province, "stage": stage, "since": since, "after": after}
    asked = {name: value for name, value in given.items() if value}
    with calling(CONSOLE, as_json=as_json) as console:
        found = next(pages := _pages(console, asked))
        if every:
            rest = [page["cases"] for page in pages]
            found = {**found, "cases": [*found["cases"], *(case for cases in rest for case in cases)], "next": None}
    rows = [_row(case) for case in found["cases"]]
    more = [f"more: --after {found['next']}"] if found.get("next") else []
    say(found, as_json=as_json, text="\n".join([*rows, *more]) or "no cases that this unit may see")


@app.command()
def show(case: Case, as_json: Json = False) -> None:
    """One case with its timeline, cut to what the own unit may see."""
    from cli.desk import pretty

    with calling(CONSOLE, as_json=as_json) as console:
        found = console.get(f"/api/cases/{case}").json()
    say(found, as_json=as_json, text=pretty(found))


@app.command()
def claim(case: Case, as_json: Json = False) -> None:
    """Take the lead. The first competent unit wins; the others are told who did."""
    with calling(CASES, as_json=as_json) as cases:
        found = cases.post(f"/cases/{case}/claim", json={}, headers=idempotency_key()).json()
    say(found, as_json=as_json, text=f"claimed {found['result'].get('case_no', case)}")


@app.command()
def close(
    case: Case,
    outcome: Annotated[str, typer.Option(help="A code of reference/outcomes.csv, like PHAT_TIEN.")],
    number: Annotated[str | None, typer.Option(help="Number of the decision.")] = None,
    dated: Annotated[str | None, typer.Option(help="Date of the decision as YYYY-MM-DD; default: today.")] = None,
    note: Annotated[str | None, typer.Option()] = None,
    as_json: Json = False,
) -> None:
    """Close a case that the own unit leads."""
    body: dict[str, Any] = {"outcome": outcome} | ({"note": note} if note else {})
    if number:
        day = dated or date.today().isoformat()  # noqa: DTZ011 - the date on the paper is the officer's own day
        body["document"] = {"number": number, "dated": day}
    with calling(CASES, as_json=as_json) as cases:
        found = cases.post(f"/cases/{case}/close", json=body, headers=idempotency_key()).json()
    say(found, as_json=as_json, text=f"closed {found['result'].get('case_no', case)}")


def _pages(console: "httpx2.Client", asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The page that is asked for, then each that follows it; each is fetched when it is wanted."""
    after: str | None = asked.get("after", "")
    while after is not None:
        found: dict[str, Any] = console.get(
            "/api/cases", params={**asked, **({"after": after} if after else {})}
        ).json()
        yield found
        after = found.get("next")


def _row(case: dict[str, Any]) -> str:
    shown = (case.get(name) or "-" for name in ("id", "state", "lead", "holder", "case_no"))
    return "{:<36}  {:<9} {:<14} {:<14} {}".format(*map(str, shown))
