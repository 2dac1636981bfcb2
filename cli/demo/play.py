"""The acts of one run, and the judgement of what came of them."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cli.demo.declared import declared
from cli.demo.judged import Judge
from cli.demo.listed import Handed, desk_of, due, figures_of, hand_in
from cli.demo.options import Options
from cli.demo.parked import parked
from cli.demo.progress import StalledError
from cli.demo.report import Run, Timing, figures
from cli.demo.show import Show
from cli.demo.stage import Stage
from cli.demo.story import StoryTip, load
from cli.stack import home
from schemas.reference.validity import vietnam_date

_MOST_LINES = 20


async def played(options: Options, show: Show, stage: Stage, began: float) -> dict[str, Any]:
    """Play in two acts, wait after each until all has arrived, judge; returns the figures of the report.

    What the story holds late is held in the second act: a hold overtakes whatever is still on its way, so only what
    has arrived before it can be counted on.
    """
    story = load()
    await stage.play(story, show.tell, options.pace)
    show.tell("the story is told; waiting until every unit has what it must have")
    before = await judge_of([tip.before_hold() for tip in story], options, stage, reports=False)
    judge = await judge_of(story, options, stage)
    handed = None
    if await _arrived(before, show, stage):
        if options.reports is not None:
            show.tell(f"{desk_of(stage)} is handed a list of reported sites")
            handed = await hand_in(options.reports, stage)
            show.tell(f"the desk has the list: {', '.join(f'{name} {count}' for name, count in handed.counts.items())}")
        show.tell("now the desks hold what was found to name an officer")
        await stage.hold(story, options.pace)
        await _arrived(judge, show, stage)
    return await _judged(judge, show, stage, options, (began, handed))


async def judge_of(story: Sequence[StoryTip], options: Options, stage: Stage, *, reports: bool = True) -> Judge:
    """The oracle over a story, the declarations that the customs system holds, and the list that a desk is handed."""
    source = await declared(options.declarations, home(), stage)
    handed = await due(options.reports if reports else None, stage)
    return Judge(story, source, stage.ledger, vietnam_date(datetime.now(UTC)), handed)


async def _arrived(judge: Judge, show: Show, stage: Stage) -> bool:
    """Whether all has arrived that must; False where it stalled, which the verdict then shows."""
    try:
        await stage.progress.complete(judge.missing)
    except StalledError as error:
        show.tell(str(error))
        return False
    return True


async def _judged(
    judge: Judge, show: Show, stage: Stage, options: Options, so_far: tuple[float, Handed | None]
) -> dict[str, Any]:
    began, handed = so_far
    received = list(stage.progress.witness.received)
    verdict = judge.verdict(received)
    verdict.missing.extend(judge.miscounted(handed.counts if handed else {}))
    spared = set(options.kill) - set(stage.killed)
    verdict.missing.extend(f"the drill did not get to kill {name}" for name in sorted(spared))
    for faults in (verdict.missing, verdict.unexpected, verdict.duplicated, verdict.out_of_order):
        for line in faults[:_MOST_LINES]:
            show.tell(f"fault: {line}")
    first = min((seen.seen_at for seen in received), default=time.monotonic())
    timing = Timing(first - began, time.monotonic() - began)
    run = Run(judge.declarations, stage.ledger, await parked(stage), timing)
    return figures(received, run, verdict, stage.agency) | (figures_of(handed, received) if handed else {})
