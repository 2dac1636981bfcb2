"""A form that somebody wrote as JSON: in a file, or on standard input."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import typer

from cli.client import EXIT_USAGE

STDIN = "-"


def form_of(source: str) -> dict[str, Any]:
    """The form in a file, or on standard input for `-`; ends the command with wrong usage where it is none."""
    try:
        text = sys.stdin.read() if source == STDIN else Path(source).read_text("utf-8")
        form = json.loads(text)
    except OSError as error:
        wrong_usage(f"{source} cannot be read: {error.strerror}")
    except ValueError as error:
        wrong_usage(f"{_named(source)} is no JSON in UTF-8: {error}")
    if not isinstance(form, dict):
        wrong_usage(f'{_named(source)} must hold one JSON object, like {{"content": "…"}}')
    return dict(form)


def wrong_usage(message: str) -> NoReturn:
    """Tell what is wrong with what was given, and end the command with the code of wrong usage."""
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(EXIT_USAGE)


def _named(source: str) -> str:
    return "standard input" if source == STDIN else source
