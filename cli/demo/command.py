"""`phoihop demo`: from nothing to a live bus with people and agencies on it, and a check of what each unit received.

Exit codes: 0 everything arrived as the rules say (or the live demo was stopped by Ctrl-C); 1 it did not, or a part
failed; 2 wrong usage; 3 the bus of this home is already up.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.stack import told

EXIT_USAGE = 2

app = typer.Typer(help="Play a fictional story on the real bus and check what every unit received.")


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Play as fast as the doors answer, verify, and stop.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the figures to this file as JSON.")] = None,
    declarations: Annotated[
        Path | None,
        typer.Option(help="Declarations for the customs stand-in, as published; default: its own generator."),
    ] = None,
    kill: Annotated[
        str, typer.Option(help="Drill: SIGKILL these parts in mid-story, like notifications,cases,broker.")
    ] = "",
    pace: Annotated[float, typer.Option(min=0, max=60, help="Seconds between two acts of the live demo.")] = 0.7,
    reset: Annotated[bool, typer.Option(help="Start over even where the home holds data of `phoihop up`.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON on stdout.")] = False,
) -> None:
    """Set up, start, play, verify."""
    from cli.demo.drill import NAMES
    from cli.demo.options import Options
    from cli.demo.run import run

    parts = tuple(name.strip() for name in kill.split(",") if name.strip())
    wrong = [name for name in parts if name not in NAMES]
    if wrong:
        _usage(f"--kill knows no {', '.join(wrong)}; it knows {', '.join(NAMES)}")
    if declarations is not None and not declarations.is_file():
        _usage(f"--declarations: {declarations} is not a file")
    file = None if declarations is None else declarations.resolve()
    with told(as_json=as_json):
        options = Options(once, report, file, parts, 0.0 if once else pace, reset=reset, as_json=as_json)
        sys.exit(run(options))


def _usage(message: str) -> None:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(EXIT_USAGE)
