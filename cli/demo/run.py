"""One run of the demo, start to verdict."""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

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
from cli.supervisor.asked import until_asked
from cli.supervisor.record import AlreadyUpError
from cli.supervisor.roster import AGENCIES, BUS
from cli.supervisor.run import record_of, running
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
        code = asyncio.run(until_asked(_run(options, show)))
        return _stopped(options) if code is None else code
    except AlreadyUpError as error:
        typer.echo(f"error: {error}", err=True)
        return EXIT_ALREADY_UP
    except EXPECTED_TROUBLE as error:
        typer.echo(f"error: {error}\nlogs: {home().logs}", err=True)
        return EXIT_FAILED


def _stopped(options: Options) -> int:
    """Stopping is how the live demo ends; a check that was stopped has not succeeded."""
    typer.echo("stopped before the verdict" if options.once else "stopped", err=True)
    return EXIT_FAILED if options.once else 0


async def _run(options: Options, show: Show) -> int:
    began = time.monotonic()
    show.tell("starting over in a fresh home, then Kafka, PostgreSQL and the services")
    programs = [*BUS, *with_declarations(AGENCIES, options.declarations)]
    await asyncio.to_thread(record_of(programs).begin, lambda _, line: show.tell(line))
    await asyncio.to_thread(fresh.begin, home(), stack(), reset=options.reset)
    settings = {"PHOIHOP_WEB_CHANNEL_DECISION": WEB_DECISION}
    with LogFiles(home().logs) as logs:
        async with (
            running(programs, logs.say, settings=settings) as supervisor,
            staged(home(), supervisor.urls) as stage,
        ):
            await _ready(supervisor, stage, logs)
            show.tell(f"all ready after {time.monotonic() - began:.1f} s")
            return await beside(_story(options, show, stage, supervisor, began), _alive(supervisor, logs))


async def _ready(supervisor: Supervisor, stage: Stage, logs: LogFiles) -> None:
    try:
        await supervisor.ready(stage.client)
    except NotReadyError as error:
        tails = "\n".join(logs.tail(name) for name in error.names)
        message = f"{error}\n{tails}"
        raise NotReadyError(message, error.names) from None


async def _alive(supervisor: Supervisor, logs: LogFiles) -> None:
    """Raises NotReadyError as soon as a program has failed for good: nothing due can arrive any more."""
    name = await supervisor.failed()
    message = f"{name} died too often; its last lines:\n{logs.tail(name)}"
    raise NotReadyError(message, [name])


async def _story(options: Options, show: Show, stage: Stage, supervisor: Supervisor, began: float) -> int:
    report = await beside(
        _told(options, show, stage, began),
        stage.progress.look(),
        _drilled(options, show, stage, supervisor),
        show.follow(stage),
    )
    if options.report is not None:
        save(report, options.report)
    show.verdict(report, as_json=options.as_json)
    if not options.once:
        show.tell("the bus stays up: open the pages, send a tip, or stop it with Ctrl-C\n" + guide(stage))
        await beside(show.follow(stage), stage.progress.look())
    return EXIT_FAILED if faults(report) else 0


async def _told(options: Options, show: Show, stage: Stage, began: float) -> dict[str, Any]:
    await enrol(stage)
    if not options.once:
        show.tell(guide(stage))
    return await played(options, show, stage, began)


async def _drilled(options: Options, show: Show, stage: Stage, supervisor: Supervisor) -> None:
    if options.kill:
        story = load()
        judge = await judge_of(story, options, stage)
        drill = Drill(options.kill, supervisor, show.tell)
        await drill.watch(lambda: stage.share_done(judge.due, len(story)), stage.progress.changed)
        stage.killed.extend(drill.killed)
