"""`phoihop tip …`: what the public does. Send a report at the public door, and follow it by its receipt.

`tip import` alone is an operator's: a desk takes in a list of reported sites.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

import sys
from typing import Annotated, Any

import typer

from cli.client import calling, idempotency_key, say
from cli.form_file import STDIN, form_of, wrong_usage
from cli.importing import import_list

PUBLIC = "public"

app = typer.Typer(no_args_is_help=True, help="Send a report to the public door, and follow it by its receipt.")
app.command("import")(import_list)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command()
def send(
    content: Annotated[
        str | None, typer.Argument(help="What happened, in Vietnamese. Left out: asked for at a terminal, else stdin.")
    ] = None,
    province: Annotated[str | None, typer.Option(help="Two-digit code of the province where it happened.")] = None,
    name: Annotated[str | None, typer.Option(help="Who reports; leave it out to stay unnamed.")] = None,
    phone: Annotated[str | None, typer.Option(help="A number for questions about the report.")] = None,
    official: Annotated[
        bool, typer.Option("--names-an-official", help="It names an officer: it then goes to the integrity unit alone.")
    ] = False,
    unit: Annotated[list[str] | None, typer.Option(help="A unit that it accuses; repeat for more.")] = None,
    file: Annotated[str | None, typer.Option(help="A whole form as JSON instead; - reads it from stdin.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency-Key: the same key sends the same report once.")] = None,
    as_json: Json = False,
) -> None:
    """Send a report. The receipt is shown once: keep it, it is the only way to follow the report."""
    form = _given(content, province, name, phone, official=official, units=unit or [])
    if file is not None:
        if form:
            wrong_usage("--file holds the whole form: leave out the text and the other options")
        form = form_of(file)
    elif content in {None, STDIN}:
        form = {**_asked_or_piped(form), **form}
    with calling(PUBLIC, as_json=as_json, anonymous=True) as public:
        headers = {"Idempotency-Key": key} if key else idempotency_key()
        found = public.post("/tips", json=form, headers=headers).json()
    say(found, as_json=as_json, text=_receipt(found["receipt"]))


@app.command()
def status(
    receipt: Annotated[
        str | None,
        typer.Argument(help="The receipt as it was shown, capital or small. Left out: asked for, or read from stdin."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how far a report is."""
    typed = receipt if receipt not in {None, STDIN} else _line("Receipt")
    with calling(PUBLIC, as_json=as_json, anonymous=True) as public:
        # In the body: addresses end up in logs.
        found = public.post("/tips/status", json={"receipt": typed}).json()
    say(found, as_json=as_json, text=f"{found['status']} since {found['since']}\n{found['vi']}\n{found['en']}")


def _given(
    content: str | None, province: str | None, name: str | None, phone: str | None, *, official: bool, units: list[str]
) -> dict[str, Any]:
    """The form that the arguments tell, without what they do not."""
    informant = {key: value for key, value in (("name", name), ("phone", phone)) if value}
    told = {
        "content": content if content != STDIN else None,
        "facts": {"place": {"province": province}} if province else None,
        "informant": informant,
        "names_an_official": official,
        "named_units": units,
    }
    return {key: value for key, value in told.items() if value}


def _asked_or_piped(known: dict[str, Any]) -> dict[str, Any]:
    """The text from a pipe; at a terminal the questions of the form that were not answered by options."""
    if not _at_a_terminal():
        return {"content": _piped()}
    form: dict[str, Any] = {"content": typer.prompt("What happened (Chuyện gì đã xảy ra)", err=True)}
    if "facts" not in known and (province := _maybe("Two-digit code of the province (Mã tỉnh)")):
        form["facts"] = {"place": {"province": province}}
    if "informant" not in known and (phone := _maybe("Your phone number, for questions only (Số điện thoại)")):
        form["informant"] = {"phone": phone}
    if not known.keys() & {"names_an_official", "named_units"}:
        question = "Does it name an officer or a unit (Có nêu tên cán bộ hoặc đơn vị)"
        form["names_an_official"] = typer.confirm(question, default=False, err=True)
    return form


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _piped() -> str:
    text = sys.stdin.read().strip()
    if not text:
        wrong_usage("there is no report: give its text as an argument, by --file, or on stdin")
    return text


def _line(question: str) -> str:
    if _at_a_terminal():
        return str(typer.prompt(question, err=True))
    return sys.stdin.readline().strip() or wrong_usage("there is no receipt: give it as an argument or on stdin")


def _maybe(question: str) -> str:
    return str(typer.prompt(f"{question}, or Enter", default="", show_default=False, err=True)).strip()


def _receipt(receipt: str) -> str:
    return f"receipt {receipt}\nkeep it: it is shown once, and only here\nfollow the report by `phoihop tip status`"
