"""One run of the demo, start to verdict."""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import typer

from cli.demo import fresh
from cli.demo.declared import Declared, declared
from cli.demo.drill import Drill
from cli.demo.judged import Judge
from cli.demo.logs import LogFiles
from cli.demo.options import Options
from cli.demo.parked import parked
from cli.demo.person import RefusedError
from cli.demo.progress import StalledError
from cli.demo.report import Run, Timing, faults, figures, save
from cli.demo.show import Show, guide
from cli.demo.stage import Stage, enrol, staged
from cli.demo.story import load
from cli.stack import home, stack
from cli.supervisor.record import AlreadyUpError
from cli.supervisor.roster import AGENCIES, BUS
from cli.supervisor.run import running
from cli.supervisor.supervisor import NotReadyError, Supervisor
from cli.up import with_declarations
from schemas.reference.validity import vietnam_date

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
    report = await _alongside(
        _played(options, show, stage, began),
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


async def _played(options: Options, show: Show, stage: Stage, began: float) -> dict[str, Any]:
    """Play, wait until all has arrived, judge; the figures of the report."""
    story = load()
    await stage.play(story, show.tell, options.pace)
    show.tell("the story is told; waiting until every unit has what it must have")
    source = await declared(options.declarations, home(), stage)
    judge = Judge(story, source, stage.ledger, vietnam_date(datetime.now(UTC)))
    try:
        await stage.progress.complete(judge.missing)
    except StalledError as error:
        show.tell(str(error))
    received = list(stage.progress.witness.received)
    verdict = judge.verdict(received)
    for line in (*verdict.missing[:20], *verdict.unexpected[:20], *verdict.duplicated[:20], *verdict.out_of_order[:20]):
        show.tell(f"fault: {line}")
    first = min((seen.seen_at for seen in received), default=time.monotonic())
    timing = Timing(first - began, time.monotonic() - began)
    run = Run(source.declarations, stage.ledger, await parked(stage), timing)
    return figures(received, run, verdict, stage.agency)


async def _drilled(options: Options, show: Show, stage: Stage, supervisor: Supervisor) -> None:
    if not options.kill:
        return
    source: Declared = await declared(options.declarations, home(), stage)
    due = Judge(load(), source, stage.ledger, vietnam_date(datetime.now(UTC))).due
    drill = Drill(options.kill, supervisor, show.tell)
    await drill.watch(stage.progress.arrived, due, stage.progress.changed)


async def _alongside(main: Awaitable[dict[str, Any]], *beside: Awaitable[None]) -> dict[str, Any]:
    """The main part's result; whatever runs beside it is cancelled then, and its failure ends the main part."""
    lead = asyncio.ensure_future(main)
    others = [asyncio.ensure_future(one) for one in beside]
    try:
        pending = {lead, *others}
        while not lead.done():
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {lead}:
                task.result()
        return lead.result()
    finally:
        for task in (lead, *others):
            task.cancel()
        await asyncio.gather(lead, *others, return_exceptions=True)


async def _asked_to_stop(show: Show) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    show.tell("the bus stays up: open the pages, send a tip, or stop it with Ctrl-C")
    await asked.wait()
