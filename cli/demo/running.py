"""The demo's story on a bus that runs already: `python -m cli.demo.running [--report FILE] [--json]`.

The bus is the one that `stack.json` and `services.json` of the home tell of, however it was started; it is neither
reset nor stopped. It must be fresh: every event that it ever delivered is counted. The home holds everybody's secrets,
because the story plays everybody. Exit codes: 0 everything arrived as the rules say; 1 it did not; 2 wrong usage.
"""

import asyncio
import sys
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from cli.demo.beside import beside
from cli.demo.options import Options
from cli.demo.person import RefusedError
from cli.demo.play import played
from cli.demo.progress import StalledError
from cli.demo.report import faults, save
from cli.demo.show import Show
from cli.demo.stage import enrol, staged
from cli.stack import home, told
from cli.supervisor.asked import until_asked
from infra.stack.errors import StackNotRunning
from services.runtime.errors import ConfigurationError
from services.runtime.settings import Settings

READY_SECONDS = 120.0
EXIT_FAILED = 1
_PAUSE = 0.2

app = typer.Typer(help="Play the demo's story on a bus that runs already.")


class NotReadyError(Exception):
    """Programs of the running bus are not ready, each with its reason."""


@app.command()
def running(
    report: Annotated[Path | None, typer.Option(help="Write the figures to this file as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON on stdout.")] = False,
) -> None:
    """Play as fast as the doors answer, verify, and leave the bus as it is."""
    asked = {"once": True, "report": report, "kill": (), "pace": 0.0, "reset": False, "as_json": as_json}
    # Whatever else can be chosen for a bus of one's own is not chosen here.
    options = Options(**({option.name: None for option in fields(Options)} | asked))  # type: ignore[arg-type] # the union of all fields' types
    show = Show(sys.stderr, live=False)
    with told(as_json=as_json):
        try:
            code = asyncio.run(until_asked(_play(options, show)))
        except (NotReadyError, RefusedError, StalledError, TimeoutError, ConfigurationError) as error:
            typer.echo(f"error: {error}", err=True)
            code = EXIT_FAILED
    sys.exit(EXIT_FAILED if code is None else code)


async def _play(options: Options, show: Show) -> int:
    place = home()
    if not place.info.exists():
        raise StackNotRunning(place.root)
    urls, began = Settings(home=place.root).urls(), time.monotonic()
    async with staged(place, urls) as stage:
        await ready(stage.client, urls)
        show.tell(f"all ready: {', '.join(urls)}")
        await enrol(stage)
        found = await beside(played(options, show, stage, began), stage.progress.look(), show.follow(stage))
    if options.report is not None:
        save(found, options.report)
    show.verdict(found, as_json=options.as_json)
    return EXIT_FAILED if faults(found) else 0


async def ready(client: httpx2.AsyncClient, urls: Mapping[str, str], seconds: float = READY_SECONDS) -> None:
    """Return when every door says that it is ready; raises NotReadyError naming those that do not in time."""
    deadline = time.monotonic() + seconds
    while missing := [line for name, url in urls.items() if (line := await _reason(client, name, url))]:
        if time.monotonic() > deadline:
            raise NotReadyError(f"not ready after {seconds:.0f} s: {'; '.join(missing)}")
        await asyncio.sleep(_PAUSE)


async def _reason(client: httpx2.AsyncClient, name: str, url: str) -> str | None:
    try:
        answer = await client.get(f"{url}/readyz")
    except httpx2.TransportError as error:
        return f"{name} does not answer ({type(error).__name__})"
    return None if answer.is_success else f"{name} answers {answer.status_code}"


if __name__ == "__main__":
    app()
