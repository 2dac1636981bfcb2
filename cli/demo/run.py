"""One run of the demo, start to verdict."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable

import typer

from cli.demo import fresh
from cli.demo.beside import beside
from cli.demo.drill import Drill
from cli.demo.logs import LogFiles
from cli.demo.options import Options
from cli.demo.person import RefusedError
from cli.demo.play import judge_of, played
from cli.demo.progress import StalledError
from cli.demo.report import faults, save
from cli.demo.show import Show, guide
from cli.demo.stage import Stage, enrol, staged
from cli.demo.story import load
from cli.stack import home, stack
from cli.supervisor.record import AlreadyUpError
from cli.supervisor.roster import AGENCIES, BUS
from cli.supervisor.run import running
from cli.supervisor.supervisor import NotReadyError, Supervisor
from cli.up import with_declarations

WEB_DECISION = "00/QĐ-BCĐ389 (hư cấu, fictional)"
EXIT_FAILED, EXIT_ALREADY_UP = 1, 3
EXPECTED_TROUBLE = (NotReadyError, RefusedError, StalledError, TimeoutError, fresh.HomeInUseError, RuntimeError)

Tell = Callable[[str], None]


def run(options: Options) -> int:
    """Play and verify; returns the exit code."""
    show = Show(sys.stderr, live=not options.once)
    try:
        return asyncio.run(_run(options, show))
    except AlreadyUpError as error:
        typer.echo(f"error: {error}", err=True)
        return EXIT_ALREADY_UP
    except EXPECTED_TROUBLE as error:
        typer.echo(f"error: {error}\nlogs: {home().logs}", err=True)
        return EXIT_FAILED


async def _run(options: Options, show: Show) -> int:
    began = time.monotonic()
    show.tell("starting over in a fresh home, then Kafka, PostgreSQL and the services")
    await asyncio.to_thread(fresh.begin, home(), stack(), reset=options.reset)
    programs = [*BUS, *with_declarations(AGENCIES, None if options.declarations is None else str(options.declarations))]
    settings = {"PHOIHOP_WEB_CHANNEL_DECISION": WEB_DECISION}
    with LogFiles(home().logs) as logs:
        async with (
            running(programs, logs.say, settings=settings) as supervisor,
            staged(home(), supervisor.urls) as stage,
        ):
            await supervisor.ready(stage.client)
            show.tell(f"all ready after {time.monotonic() - began:.1f} s")
            return await _story(options, show, stage, supervisor, began)


async def _story(options: Options, show: Show, stage: Stage, supervisor: Supervisor, began: float) -> int:
    await enrol(stage)
    if not options.once:
        show.tell(guide(stage))
    report = await beside(
        played(options, show, stage, began),
        stage.progress.look(),
        _drilled(options, show, stage, supervisor),
        show.follow(stage),
    )
    if options.report is not None:
        save(report, options.report)
    show.verdict(report, as_json=options.as_json)
    if not options.once:
        await _asked_to_stop(show)
    return EXIT_FAILED if faults(report) else 0


async def _drilled(options: Options, show: Show, stage: Stage, supervisor: Supervisor) -> None:
    if options.kill:
        story = load()
        judge = await judge_of(story, options.declarations, stage)
        drill = Drill(options.kill, supervisor, show.tell)
        await drill.watch(lambda: stage.share_done(judge.due, len(story)), stage.progress.changed)
        stage.killed.extend(drill.killed)


async def _asked_to_stop(show: Show) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    show.tell("the bus stays up: open the pages, send a tip, or stop it with Ctrl-C")
    await asked.wait()
