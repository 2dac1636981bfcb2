"""`phoihop events tail|show`: a unit's topic read with the unit's own Kafka credentials, as its developers would.

Exit codes: 0 done; 1 the event is not there, or the broker refused the login or the topic; 2 wrong usage; 3 the broker
does not answer.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.client import EXIT_REFUSED, EXIT_UNREACHABLE, EXIT_USAGE
from cli.stack import home, told

if TYPE_CHECKING:
    from confluent_kafka import KafkaException

    from cli.received import Received
    from cli.unit_topic import Access

app = typer.Typer(no_args_is_help=True, help="A unit's topic, read from Kafka with the unit's own credentials.")
Unit = Annotated[str, typer.Argument(metavar="UNIT", help="The unit whose credentials are used, like qltt-79.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Bootstrap = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="The units' listener; default: that of this home's stack.")
]
Ca = Annotated[Path | None, typer.Option(help="Its CA certificate; default: that of this home's stack.")]
Secrets = Annotated[
    Path | None, typer.Option(help="Folder with the unit's password in a file of its name; default: this home's.")
]


@app.command()
def tail(
    unit: Unit,
    after: Annotated[int, typer.Option(min=0, help="Show what comes after this feed number.")] = 0,
    follow: Annotated[bool, typer.Option(help="Go on showing what arrives, until Ctrl-C.")] = False,
    bootstrap: Bootstrap = None,
    ca: Ca = None,
    secrets: Secrets = None,
    as_json: Json = False,
) -> None:
    """Show everything on `to.UNIT`, oldest first."""
    with _reading(unit, _access(bootstrap, ca, secrets), follow=follow) as feed:
        for seen in feed:
            if seen.feednumber > after:
                typer.echo(json.dumps(plain(seen), ensure_ascii=False) if as_json else line(seen))


@app.command()
def show(
    unit: Unit,
    which: Annotated[str, typer.Argument(metavar="EVENT", help="A feed number or an event's id.")],
    bootstrap: Bootstrap = None,
    ca: Ca = None,
    secrets: Secrets = None,
    as_json: Json = False,
) -> None:
    """Show one event of `to.UNIT` whole."""
    with _reading(unit, _access(bootstrap, ca, secrets), follow=False) as feed:
        found = next((seen for seen in feed if which in {seen.id, str(seen.feednumber)}), None)
    if found is None:
        _fail(f"to.{unit} holds no event {which}; `phoihop events tail {unit}` lists them", EXIT_REFUSED)
    typer.echo(json.dumps(plain(found), ensure_ascii=False, indent=None if as_json else 2))


def plain(seen: "Received") -> dict[str, object]:
    """The event as one JSON object: what its headers said, and its data."""
    shown = ("feednumber", "casenumber", "id", "kind", "subject", "view", "offset")
    return {**{name: getattr(seen, name) for name in shown}, "data": dict(seen.data)}


def line(seen: "Received") -> str:
    """The event in one line: its number, what, how much of it is seen, about what."""
    return f"#{seen.feednumber:<6} {seen.kind:<20} {seen.view:<8} {seen.subject}"


@contextmanager
def _reading(unit: str, access: "Access", *, follow: bool) -> "Iterator[Iterator[Received]]":
    """The unit's feed; what goes wrong at the broker ends the command with its code, Ctrl-C ends it well."""
    from confluent_kafka import KafkaException

    from cli.unit_topic import feed

    events = feed(unit, _settings(unit, access), follow=follow)
    try:
        yield events
    except KafkaException as error:
        _fail(*_told(unit, error))
    except KeyboardInterrupt:
        if not follow:
            raise
    finally:
        events.close()


def _access(bootstrap: str | None, ca: Path | None, secrets: Path | None) -> "Access":
    """Where to read and with what: as the options say, and for what they leave out as this home's stack is."""
    from cli.unit_topic import Access
    from infra.stack.info import StackInfo

    if bootstrap and ca and secrets:
        return Access(bootstrap, ca, secrets)
    with told(as_json=False):
        info = StackInfo.load(home())
    return Access(bootstrap or info.kafka.agency, ca or info.kafka.ca, secrets or home().secrets / "kafka")


def _settings(unit: str, access: "Access") -> dict[str, Any]:
    try:
        return access.of(unit)
    except OSError as error:
        folder = access.secrets
        known = sorted(path.name for path in folder.iterdir() if "." not in path.name) if folder.is_dir() else []
        there = f"; it has those of {', '.join(known)}" if known else ""
        _fail(f"{folder} has no readable secret of unit {unit!r} ({error.strerror}){there}", EXIT_USAGE)


def _told(unit: str, error: "KafkaException") -> tuple[str, int]:
    """What happened in a sentence with its remedy, and the exit code."""
    from confluent_kafka import KafkaError

    fault = error.args[0]
    refusals = {
        KafkaError._AUTHENTICATION: f"the broker refused the login of {unit}: is its secret the present one?",  # noqa: SLF001 - librdkafka's code
        KafkaError.TOPIC_AUTHORIZATION_FAILED: f"{unit} may not read to.{unit}: were its rights revoked?",
        KafkaError.UNKNOWN_TOPIC_OR_PART: f"there is no topic to.{unit}: is {unit} a unit in force?",
    }
    if fault.code() in refusals:
        return refusals[fault.code()], EXIT_REFUSED
    return f"Kafka: {fault.str()}; is the bus up (`phoihop stack status`)?", EXIT_UNREACHABLE


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(code)
