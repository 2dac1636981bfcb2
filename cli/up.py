"""`phoihop up`: everything of the bus in one terminal, until Ctrl-C.

Exit codes: 0 stopped when asked; 1 a part failed for good (its last lines say why); 2 wrong usage; 3 already up.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.stack import told
from cli.supervisor.roster import AGENCIES, BUS, CUSTOMS_STANDIN, Program

if TYPE_CHECKING:
    from cli.supervisor.supervisor import Health

EXIT_FAILED, EXIT_ALREADY_UP = 1, 3

app = typer.Typer(help="Run the whole bus in this terminal.")


@app.command()
def up(
    declarations: Annotated[
        str | None, typer.Option(help="A file of declarations for the customs stand-in; default: its own generator.")
    ] = None,
    agencies: Annotated[bool, typer.Option(help="Also run the stand-ins of the agencies' systems.")] = True,
) -> None:
    """Start Kafka, PostgreSQL and every service; restart what dies; stop all on Ctrl-C."""
    programs = [*BUS, *(with_declarations(AGENCIES, declarations) if agencies else ())]
    with told(as_json=False):
        sys.exit(asyncio.run(_up(programs)))


def with_declarations(programs: Sequence[Program], file: str | None) -> list[Program]:
    """The programs, the customs stand-in reading its declarations from the file where one is given."""
    extra = () if file is None else ("--declarations", file)
    return [program.given(*extra) if program is CUSTOMS_STANDIN else program for program in programs]


async def _up(programs: Sequence[Program]) -> int:
    import httpx2

    from cli.supervisor.prefix import prefixed
    from cli.supervisor.record import AlreadyUpError
    from cli.supervisor.run import running
    from cli.supervisor.supervisor import NotReadyError

    began = time.monotonic()
    try:
        async with running(programs, prefixed(sys.stdout)) as supervisor, httpx2.AsyncClient(trust_env=False) as client:
            await supervisor.ready(client)
            typer.echo(f"\nall ready in {time.monotonic() - began:.1f} s\n" + table(await supervisor.health(client)))
            failed = await _until_asked_or_failed(supervisor.failed())
    except (AlreadyUpError, NotReadyError) as error:
        typer.echo(f"error: {error}", err=True)
        return EXIT_ALREADY_UP if isinstance(error, AlreadyUpError) else EXIT_FAILED
    return EXIT_FAILED if failed else 0


async def _until_asked_or_failed(failed: Coroutine[None, None, str]) -> bool:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    waiting = {asyncio.ensure_future(failed), asyncio.ensure_future(asked.wait())}
    _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return not asked.is_set()


def table(found: Sequence["Health"]) -> str:
    """One line a program: state, readiness, process, restarts."""
    width = max(len(health.name) for health in found)
    return "\n".join(
        f"  {health.name:<{width}}  {health.state:<10}  {'ready' if health.ready else health.reason or 'not ready'}"
        f"  pid {health.pid}  restarts {health.restarts}"
        for health in found
    )
