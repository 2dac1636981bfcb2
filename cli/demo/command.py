"""`phoihop demo`: from nothing to a live bus with people and agencies on it, and a check of what each unit received.

Exit codes: 0 everything arrived as the rules say (or the live demo was stopped by Ctrl-C); 1 it did not, or a part
failed; 2 wrong usage; 3 the bus of this home is already up.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.form_file import wrong_usage
from cli.importing import listed
from cli.stack import told
from cli.up import Declarations, chosen

app = typer.Typer(help="Play a fictional story on the real bus and check what every unit received.")


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Play as fast as the doors answer, verify, and stop.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the figures to this file as JSON.")] = None,
    declarations: Declarations = None,
    reports: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A list of reported sites for a desk; a path, or a name in PHOIHOP_DATA."),
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
        wrong_usage(f"--kill knows no {', '.join(wrong)}; it knows {', '.join(NAMES)}")
    if report is not None and not report.parent.is_dir():
        wrong_usage(f"--report: there is no folder {report.parent}")
    file, sites = chosen(declarations), listed(reports)
    with told(as_json=as_json):
        options = Options(once, report, file, sites, parts, 0.0 if once else pace, reset=reset, as_json=as_json)
        sys.exit(run(options))
