"""`phoihop stack …`: Kafka and PostgreSQL of this checkout.

Exit codes: 0 done; 1 something is missing or failed (the message names the remedy); 2 wrong usage;
3 `status` found that not everything answers.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.stack.errors import StackError
from infra.stack.home import Home, cache_of, home_of

if TYPE_CHECKING:
    from infra.stack.provider import Stack

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NOT_READY = 3
DEFAULT_PARTITIONS, MOST_PARTITIONS = 3, 504
CHECKOUT = Path(__file__).parents[1]

app = typer.Typer(no_args_is_help=True, help="Kafka and PostgreSQL of this checkout: start, stop, look, start over.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command()
def up(as_json: Json = False) -> None:
    """Start what does not run, declare topics, users and tables; return when all answers."""
    began = time.monotonic()
    with told(as_json=as_json):
        from infra.stack.key_backups import sweep
        from infra.stack.migrate import migrate_stack

        info = stack().up(home(), units_in_force(datetime.now(UTC)))
        migrate_stack(info)
        sweep(home().root, datetime.now(UTC))
    seconds = round(time.monotonic() - began, 2)
    found = json.loads(info.model_dump_json()) | {"seconds": seconds}
    say(found, as_json=as_json, text=f"ready in {seconds} s\n{_places(found)}")


@app.command()
def down(as_json: Json = False) -> None:
    """Stop both servers; data and secrets stay."""
    with told(as_json=as_json):
        stack().down(home())
    say({"running": False}, as_json=as_json, text="stopped")


@app.command()
def status(as_json: Json = False) -> None:
    """Ask every part whether it answers; exit 3 when one does not."""
    with told(as_json=as_json):
        found = stack().status(home())
    words = {True: "answers", False: "does not answer"}
    lines = [f"{part.name:<9} {words[part.ready]}  {part.address or ''}".rstrip() for part in found.parts]
    say(json.loads(found.model_dump_json()) | {"ready": found.ready}, as_json=as_json, text="\n".join(lines))
    if not found.ready:
        raise typer.Exit(EXIT_NOT_READY)


@app.command()
def reset(
    as_json: Json = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
) -> None:
    """Stop, and delete the data, secrets and certificates of this checkout's stack."""
    if not (yes or _confirmed(home())):
        typer.echo("nothing was deleted; pass --yes to delete without being asked", err=True)
        raise typer.Exit(EXIT_USAGE)
    with told(as_json=as_json):
        stack().reset(home())
    say({"reset": True}, as_json=as_json, text=f"{home().root} starts over with the next `phoihop stack up`")


def home(environ: Mapping[str, str] = os.environ) -> Home:
    """The home that this command works on."""
    return home_of(environ, CHECKOUT)


def stack(environ: Mapping[str, str] = os.environ) -> "Stack":
    """The stack as `PHOIHOP_STACK` names it; raises `StackError` for a kind that there is not.

    `PHOIHOP_PARTITIONS` is how many partitions each topic of the log of record is born with.
    """
    kind = environ.get("PHOIHOP_STACK") or "embedded"
    partitions = partitions_of(environ)
    if kind == "embedded":
        from infra.stack.embedded import EmbeddedStack

        return EmbeddedStack(environ, cache_of(environ), partitions=partitions, progress=progress())
    if kind == "docker":
        from infra.stack.docker_stack import DockerStack

        return DockerStack(environ, cache_of(environ), partitions=partitions, progress=progress())
    raise StackError(f"PHOIHOP_STACK={kind} names no kind of stack", "It is `embedded` (the default) or `docker`")


def partitions_of(environ: Mapping[str, str]) -> int:
    """`PHOIHOP_PARTITIONS`, from 1 to 504; 3 where it is not set. Raises `StackError`."""
    text = environ.get("PHOIHOP_PARTITIONS") or str(DEFAULT_PARTITIONS)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_PARTITIONS:
        raise StackError(
            f"PHOIHOP_PARTITIONS={text} is not a whole number from 1 to {MOST_PARTITIONS}",
            "Unset it, or give the number that the topics were made with: it is fixed at birth",
        )
    return int(text)


def units_in_force(now: datetime) -> list[str]:
    """The units that the reference data name today, sorted."""
    import reference
    from schemas.reference.book import ReferenceBook
    from schemas.reference.validity import vietnam_date

    return sorted(unit.code for unit in ReferenceBook.load(reference.folder()).units_at(vietnam_date(now)))


def progress() -> Callable[[str], None]:
    """Tells a person at a terminal what happens, on stderr; a pipe or a log hears nothing."""
    return (lambda line: typer.echo(line, err=True)) if sys.stderr.isatty() else (lambda _: None)


@contextmanager
def told(*, as_json: bool) -> Iterator[None]:
    """Turns what the stack lacks into a message with its remedy and exit code 1."""
    try:
        yield
    except StackError as error:
        if as_json:
            typer.echo(json.dumps({"error": error.message, "remedy": error.remedy}, ensure_ascii=False))
        else:
            typer.echo(f"error: {error.message}\n{error.remedy}", err=True)
        raise typer.Exit(EXIT_FAILED) from error


def say(found: Mapping[str, Any], *, as_json: bool, text: str) -> None:
    """The result on stdout, for a program or for a person."""
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else text)


def _places(found: Mapping[str, Any]) -> str:
    kafka, postgres = found["kafka"], found["postgres"]
    return "\n".join(
        [
            f"kafka       {kafka['bootstrap']} for services, {kafka['agency']} for units, CA {kafka['ca']}",
            f"postgresql  {postgres['host']}:{postgres['port']}/{postgres['database']}",
            f"secrets     {found['secrets']}",
        ]
    )


def _confirmed(place: Home) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"Delete all data and secrets of the stack in {place.root}?")
