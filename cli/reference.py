"""`phoihop reference …`: examines the effective-dated data before anything runs on it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from schemas.reference.problems import Problem

app = typer.Typer(no_args_is_help=True, help="Reference data: agencies, units, rules. · Dữ liệu tham chiếu.")

FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--folder", file_okay=False, exists=True, help="The folder of the sheets; the shipped one if left out."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")]


@app.callback()
def group() -> None:
    """Reference data that a jurist can read and correct."""


@app.command()
def check(folder: FolderOption = None, as_json: JsonOption = False) -> None:
    """Examine every sheet and name each problem with its line, column and remedy.

    Exit codes: 0 nothing to correct, 1 at least one problem, 2 wrong usage.
    """
    import reference
    from schemas.reference import places
    from schemas.reference.book import examine

    chosen = folder or reference.folder()
    workbook, problems = examine(chosen)
    tables, found = places.examine(chosen, workbook)
    problems = (*problems, *found)
    rows = sum(len(sheet) for sheet in workbook.sheets.values()) + tables.count
    typer.echo(_as_json(chosen, rows, problems) if as_json else _as_lines(chosen, rows, problems))
    raise typer.Exit(code=1 if problems else 0)


@app.command()
def place(
    address: Annotated[str, typer.Argument(help="As it was typed, in old or new units, with or without diacritics.")],
    at: Annotated[
        str | None, typer.Option("--at", help="The day of the act, like 2025-06-30; today if left out.")
    ] = None,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which unit and province hold an address on a day, or why that cannot be said. Nothing leaves this machine.

    Exit codes: 0 exactly one unit (status resolved or converted), 1 the province alone or nothing, 2 wrong usage.
    """
    from cli.place import show

    raise typer.Exit(code=show(address, at, folder, as_json=as_json))


def _as_json(folder: Path, rows: int, problems: "tuple[Problem, ...]") -> str:
    found = {"folder": str(folder), "rows": rows, "problems": [problem.as_dict() for problem in problems]}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _as_lines(folder: Path, rows: int, problems: "tuple[Problem, ...]") -> str:
    verdict = f"{len(problems)} to correct" if problems else "nothing to correct"
    return "\n".join([*(str(problem) for problem in problems), f"{folder}: {rows} rows read, {verdict}"])
