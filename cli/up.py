"""`phoihop up`: everything of the bus in one terminal, until Ctrl-C.

Exit codes: 0 stopped when asked; 1 a part failed for good (its last lines say why); 2 wrong usage; 3 already up.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.form_file import wrong_usage
from cli.stack import told
from cli.supervisor.roster import AGENCIES, BUS, CUSTOMS_STANDIN, Program

if TYPE_CHECKING:
    from cli.supervisor.supervisor import Health

EXIT_FAILED, EXIT_ALREADY_UP = 1, 3

app = typer.Typer(help="Run the whole bus in this terminal.")
Declarations = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Declarations as published, for the customs stand-in; a path, or a name in PHOIHOP_DATA. "
        "Default: its own generator.",
    ),
]


@app.command()
def up(
    declarations: Declarations = None,
    agencies: Annotated[bool, typer.Option(help="Also run the stand-ins of the agencies' systems.")] = True,
) -> None:
    """Start Kafka, PostgreSQL and every service; restart what dies; stop all on Ctrl-C."""
    file = chosen(declarations)
    programs = [*BUS, *(with_declarations(AGENCIES, file) if agencies else ())]
    with told(as_json=False):
        sys.exit(_run(programs))


def chosen(declarations: str | None) -> Path | None:
    """The file that is meant, by its path or by its name in the folder PHOIHOP_DATA, examined before anything starts.

    Ends the command with wrong usage where there is none, or where its lines are not as published.
    """
    if declarations is None:
        return None
    from adapters.customs.standin.published import DeclarationsError, find, read

    try:
        file = find(declarations, os.environ.get("PHOIHOP_DATA")).resolve()
        read(file)
    except DeclarationsError as error:
        wrong_usage(f"--declarations: {error}")
    return file


def with_declarations(programs: Sequence[Program], file: Path | None) -> list[Program]:
    """The programs, the customs stand-in reading its declarations from the file where one is given."""
    extra = () if file is None else ("--declarations", str(file))
    return [program.given(*extra) if program is CUSTOMS_STANDIN else program for program in programs]


def _run(programs: Sequence[Program]) -> int:
    """Run until asked to stop; returns the exit code."""
    from cli.supervisor.asked import until_asked
    from cli.supervisor.record import AlreadyUpError
    from cli.supervisor.supervisor import NotReadyError

    try:
        failed = asyncio.run(until_asked(_up(programs)))
    except (AlreadyUpError, NotReadyError) as error:
        typer.echo(f"error: {error}", err=True)
        return EXIT_ALREADY_UP if isinstance(error, AlreadyUpError) else EXIT_FAILED
    return 0 if failed is None else EXIT_FAILED


async def _up(programs: Sequence[Program]) -> str:
    """Run until a program has failed for good; returns its name."""
    import httpx2

    from cli.supervisor.prefix import prefixed
    from cli.supervisor.run import running

    began = time.monotonic()
    async with running(programs, prefixed(sys.stdout)) as supervisor, httpx2.AsyncClient(trust_env=False) as client:
        await supervisor.ready(client)
        typer.echo(f"\nall ready in {time.monotonic() - began:.1f} s\n" + table(await supervisor.health(client)))
        watching = asyncio.create_task(supervisor.watch(client))
        try:
            failed = await supervisor.failed()
        finally:
            watching.cancel()
        typer.echo(f"error: {failed} died too often; its last lines above say why", err=True)
        return failed


def table(found: Sequence["Health"]) -> str:
    """One line a program: state, readiness, process, restarts."""
    width = max(len(health.name) for health in found)
    return "\n".join(
        f"  {health.name:<{width}}  {health.state:<10}  {'ready' if health.ready else health.reason or 'not ready'}"
        f"  pid {health.pid}  restarts {health.restarts}"
        for health in found
    )
