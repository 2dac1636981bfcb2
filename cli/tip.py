"""`phoihop tip …`: what the public does. Send a report at the public door, and follow it by its receipt.

Exit codes are those of every command that calls a service: see `cli/client.py`.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import EXIT_USAGE, calling, idempotency_key, say

PUBLIC = "public"

app = typer.Typer(no_args_is_help=True, help="Send a report to the public door, and follow it by its receipt.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command()
def send(
    content: Annotated[
        str | None, typer.Argument(help="What happened, in Vietnamese; - or nothing reads stdin.")
    ] = None,
    province: Annotated[str | None, typer.Option(help="Two-digit code of the province where it happened.")] = None,
    file: Annotated[Path | None, typer.Option(help="A whole form as JSON, instead of the text.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency-Key: the same key sends the same report once.")] = None,
    as_json: Json = False,
) -> None:
    """Send a report. The receipt is shown once: keep it, it is the only way to follow the report."""
    form = _form_of(file) if file is not None else _form(_text(content), province)
    with calling(PUBLIC, as_json=as_json, anonymous=True) as public:
        headers = {"Idempotency-Key": key} if key else idempotency_key()
        found = public.post("/tips", json=form, headers=headers).json()
    say(found, as_json=as_json, text=f"receipt {found['receipt']}\nkeep it: it is shown once, and only here")


@app.command()
def status(
    receipt: Annotated[
        str, typer.Argument(help="The receipt as it was shown; spaces and small letters do not matter.")
    ],
    as_json: Json = False,
) -> None:
    """Say how far a report is."""
    with calling(PUBLIC, as_json=as_json, anonymous=True) as public:
        found = public.post("/tips/status", json={"receipt": receipt}).json()
    say(found, as_json=as_json, text=f"{found['status']} since {found['since']}\n{found['vi']}\n{found['en']}")


def _form(content: str, province: str | None) -> dict[str, Any]:
    place = {} if province is None else {"facts": {"place": {"province": province}}}
    return {"content": content, **place}


def _form_of(file: Path) -> dict[str, Any]:
    try:
        form = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        _wrong(f"--file: {file} is no readable JSON ({error})")
    if not isinstance(form, dict):
        _wrong(f'--file: {file} must hold one JSON object, like {{"content": "…"}}')
    return dict(form)


def _text(content: str | None) -> str:
    if content not in {None, "-"}:
        return str(content)
    if sys.stdin.isatty():
        return str(typer.prompt("What happened", err=True))
    text = sys.stdin.read().strip()
    if not text:
        _wrong("there is no report: give its text as an argument, by --file, or on stdin")
    return text


def _wrong(message: str) -> None:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(EXIT_USAGE)
