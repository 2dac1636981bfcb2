"""`phoihop doctor`: whether everything is here that a start needs, and whether what was started answers.

Exit codes: 0 nothing is wrong; 1 something is, and its line says what to do.
"""

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.stack import EXIT_FAILED, home

if TYPE_CHECKING:
    from infra.stack.checks import Finding

app = typer.Typer()
_SIGNS = {"good": "ok  ", "note": "note", "bad": "BAD "}


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False) -> None:
    """Check Python, Java, jars, PostgreSQL, disk, ports, secrets and the stack; say what to do about each fault."""
    from infra.stack.checks import examine

    findings = examine(home(), os.environ)
    healthy = all(finding.verdict != "bad" for finding in findings)
    if as_json:
        typer.echo(json.dumps({"healthy": healthy, "findings": [asdict(each) for each in findings]}))
    else:
        typer.echo("\n".join(_line(finding) for finding in findings))
    if not healthy:
        raise typer.Exit(EXIT_FAILED)


def _line(finding: "Finding") -> str:
    remedy = f"\n      {finding.remedy}" if finding.remedy else ""
    return f"{_SIGNS[finding.verdict]}  {finding.name:<11} {finding.found}{remedy}"
