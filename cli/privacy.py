"""`phoihop privacy …`: answers a person's request under the law on personal data, for the privacy officer of a unit.

Exit codes: 0 done, also where nothing is held; 1 refused (the problem is printed); 2 wrong usage; 3 a service cannot be
reached; 4 nobody is signed in. What was done before a failure stays done: the same command again goes on from there.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli.client import calling, say
from cli.form_file import wrong_usage
from cli.privacy_told import answer, erased_lines, planned_lines, sheet_lines

OWNERS = ("intake", "cases")
"""The services that own dossiers, in the order of asking."""
NOT_FOUND = 404
_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

app = typer.Typer(
    no_args_is_help=True, help="A person's request under the law on personal data: what is held; erase it."
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Subject = Annotated[
    str | None,
    typer.Argument(metavar="[SUBJECT]", help="A number or name of the person, searched for as the box does."),
]
Dossiers = Annotated[
    list[str] | None, typer.Option("--dossier", metavar="ID", help="A tip, signal or case by its id; may be repeated.")
]


@app.command()
def export(subject: Subject = None, dossier: Dossiers = None, as_json: Json = False) -> None:
    """What the own unit holds of a person: where, on what basis, who was shown it and when. Needs privacy_officer.

    Finding by SUBJECT also needs the role by which cases or tips are read. Another unit's dossiers and held matters are
    not found. The last lines are the answer for the person; what is not finished does not stand in it.
    """
    sheets = _sheets(subject, dossier, as_json=as_json)
    lines = [line for sheet in sheets for line in sheet_lines(sheet)]
    person = answer(sheets)
    say({"dossiers": sheets, "answer": person}, as_json=as_json, text="\n".join([*lines, *person.values()]))


@app.command()
def erase(
    basis: Annotated[
        str, typer.Option("--basis", metavar="TEXT", help="The request or paper, and the provision of law.")
    ],
    subject: Subject = None,
    dossier: Dossiers = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase. Without it, only what would go is shown.")] = False,
    as_json: Json = False,
) -> None:
    """Show what would go; with --yes erase it for good, and list what is out of reach. Needs privacy_officer.

    What is not finished is passed over, and said; nothing of it goes into the answer for the person.
    """
    if not basis.strip():
        wrong_usage("--basis says on what the erasure stands: the request with its date, and the provision of law")
    sheets = _sheets(subject, dossier, as_json=as_json)
    if not yes:
        text = "\n".join(
            [*(line for sheet in sheets for line in planned_lines(sheet)), "nothing was erased: add --yes"]
        )
        say({"erased": False, "dossiers": sheets}, as_json=as_json, text=text)
        return
    done = [_erased(sheet, basis, as_json=as_json) for sheet in sheets]
    person, lines = answer(done), [line for sheet in done for line in erased_lines(sheet)]
    told = {"erased": True, "dossiers": done, "answer": person}
    say(told, as_json=as_json, text="\n".join([*lines, *person.values()]))


@app.command()
def status(
    dossier: Annotated[str, typer.Argument(metavar="ID", help="The id of an erased tip, signal or case.")],
    as_json: Json = False,
) -> None:
    """How far each unit that was shown an erased dossier has read past its end: on its topic, and over HTTP.

    The position on `to.<unit>` is read with the broker's administration: it is known on the operator's machine alone.
    """
    sheet = _sheet(_id(dossier), as_json=as_json)
    if sheet is None:
        wrong_usage(f"your unit answers for no dossier {dossier}: check the id")
    from cli.privacy_positions import positions

    found = positions([unit for unit in sheet["shown_to"] if unit["erased_event"]])
    for unit in sheet["shown_to"]:
        unit["topic_read"] = found.get(unit["unit"])
    say(sheet, as_json=as_json, text="\n".join(erased_lines(sheet)))


@app.command()
def due(as_json: Json = False) -> None:
    """What the erasing by time would take of the own unit today, switched on or not. Nothing is erased."""
    with calling("intake", as_json=as_json) as intake:
        found = intake.get("/dossiers/due").json()
    rows = [
        f"{row['kind']:<6} {row['dossier']}  {row['number']}  {row['outcome']} {row['ended_at']}  {row['basis']}"
        for row in found["due"]
    ]
    say(found, as_json=as_json, text="\n".join(rows) or "nothing is due")


def _sheets(subject: str | None, dossiers: Sequence[str] | None, *, as_json: bool) -> list[dict[str, Any]]:
    """What is held of each dossier that the own unit answers for; the others are left out."""
    if (subject is None) == (not dossiers):
        wrong_usage("name the person by SUBJECT, or dossiers by --dossier ID: one of the two")
    ids = [_id(one) for one in dossiers or ()] if subject is None else _found(subject, as_json=as_json)
    sheets = [_sheet(one, as_json=as_json) for one in dict.fromkeys(ids)]
    return [sheet for sheet in sheets if sheet is not None]


def _id(text: str) -> str:
    if not _ID.match(text.lower()):
        wrong_usage(
            f"{text} is no id of a dossier: take it from `phoihop search`, the page of the case or the desk's list"
        )
    return text.lower()


def _found(subject: str, *, as_json: bool) -> list[str]:
    """The ids of the tips and cases that the own unit finds, and of what those cases grew from."""
    ids: list[str] = []
    asked = {"q": subject}
    with calling("console", as_json=as_json) as console:
        while asked:
            page = console.get("/api/search", params=asked).json()
            for hit in page["hits"]:
                ids.append(hit["id"])
                if hit["type"] == "case":
                    ids += _origins(console.get(f"/api/cases/{hit['id']}").json())
            asked = {"q": subject, "after": page["next"]} if page["next"] else {}
    return ids


def _origins(case: dict[str, Any]) -> list[str]:
    told = (entry["data"].get("origin") for entry in case["timeline"])
    return [origin["id"] for origin in told if origin]


def _sheet(dossier: str, *, as_json: bool) -> dict[str, Any] | None:
    """What is held of the dossier and who was shown it; None where the own unit answers for none of this id.

    `backup_until` is when the last backup of keys in this home ends that still holds its key.
    """
    for owner in OWNERS:
        held = _asked(owner, f"/dossiers/{dossier}", as_json=as_json)
        if held is not None:
            shown = _asked("notifications", f"/dossiers/{dossier}/feeds", as_json=as_json)
            backed = _backed_until(dossier)
            return {"owner": owner, **held, "shown_to": shown["units"] if shown else [], "backup_until": backed}
    return None


def _backed_until(dossier: str) -> str | None:
    """On another machine than the operator's there is no backup to see."""
    from datetime import UTC, datetime

    from cli.stack import home
    from infra.stack.key_backups import last_ends, sweep

    sweep(home().root, datetime.now(UTC))
    until = last_ends(home().root, [dossier]).get(dossier)
    return until.isoformat() if until else None


def _asked(service: str, path: str, *, as_json: bool) -> dict[str, Any] | None:
    from cli.client import Answered

    with calling(service, as_json=as_json) as client:
        try:
            found: dict[str, Any] = client.get(path).json()
        except Answered as answered:
            if answered.status != NOT_FOUND:
                raise
            return None
    return found


def _erased(sheet: dict[str, Any], basis: str, *, as_json: bool) -> dict[str, Any]:
    """The sheet after the erasure; as it was where the matter is not finished."""
    if sheet["open"] or sheet["erased_at"]:
        return sheet
    with calling(sheet["owner"], as_json=as_json) as owner:
        held = owner.post(f"/dossiers/{sheet['dossier']}/erase", json={"basis": basis}).json()
    return {**sheet, **held}
