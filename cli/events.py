"""`phoihop events tail|show`: a unit's topic read with the unit's own Kafka credentials, as its developers would.

Exit codes: 0 done; 1 the event is not there, or the broker refused; 2 wrong usage; 3 the broker does not answer.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.client import EXIT_REFUSED, EXIT_UNREACHABLE, EXIT_USAGE
from cli.stack import home, told

if TYPE_CHECKING:
    from confluent_kafka import Consumer

    from cli.demo.received import Received

_QUIET_SECONDS = 3.0
_POLL_SECONDS = 0.5

app = typer.Typer(no_args_is_help=True, help="A unit's topic, read from Kafka with the unit's own credentials.")
Unit = Annotated[str, typer.Argument(metavar="UNIT", help="A unit whose secret is in this home, like qltt-79.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def tail(
    unit: Unit,
    follow: Annotated[bool, typer.Option(help="Go on showing what arrives, until Ctrl-C.")] = False,
    as_json: Json = False,
) -> None:
    """Show everything on `to.UNIT`, oldest first."""
    for seen in _read(unit, follow=follow):
        typer.echo(json.dumps(_plain(seen), ensure_ascii=False) if as_json else _line(seen))


@app.command()
def show(
    unit: Unit,
    which: Annotated[str, typer.Argument(metavar="EVENT", help="A feed number or an event's id.")],
    as_json: Json = False,
) -> None:
    """Show one event of `to.UNIT` whole."""
    for seen in _read(unit, follow=False):
        if which in {seen.id, str(seen.feednumber)}:
            typer.echo(json.dumps(_plain(seen), ensure_ascii=False, indent=None if as_json else 2))
            return
    typer.echo(f"error: to.{unit} holds no event {which}; `phoihop events tail {unit}` lists them", err=True)
    raise typer.Exit(EXIT_REFUSED)


def _read(unit: str, *, follow: bool) -> "Iterator[Received]":
    from confluent_kafka import KafkaException

    from cli.demo.witness import read

    with _consumer(unit) as consumer:
        quiet = 0.0
        while follow or quiet < _QUIET_SECONDS:
            message = consumer.poll(_POLL_SECONDS)
            if message is None:
                quiet += _POLL_SECONDS
                continue
            error = message.error()
            if error is not None:
                raise KafkaException(error)
            quiet = 0.0
            yield read(unit, message)


@contextmanager
def _consumer(unit: str) -> "Iterator[Consumer]":
    from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

    settings = _settings(unit)
    consumer = Consumer({**settings, "group.id": f"unit.{unit}.cli", "enable.auto.commit": False})
    try:
        consumer.list_topics(f"to.{unit}", timeout=10)
        consumer.assign([TopicPartition(f"to.{unit}", 0, OFFSET_BEGINNING)])
        yield consumer
    except KafkaException as error:
        typer.echo(f"error: Kafka: {error.args[0].str()}; is the bus up (`phoihop stack status`)?", err=True)
        raise typer.Exit(EXIT_UNREACHABLE) from error
    finally:
        consumer.close()


def _settings(unit: str) -> dict[str, object]:
    from cli.demo.witness import Access
    from infra.stack.info import StackInfo

    with told(as_json=False):
        info = StackInfo.load(home())
    secrets = home().secrets / "kafka"
    if not (secrets / unit).is_file():
        known = sorted(path.name for path in secrets.iterdir() if "." not in path.name)
        typer.echo(f"error: there is no secret for unit {unit!r}; this home has {', '.join(known)}", err=True)
        raise typer.Exit(EXIT_USAGE)
    return Access(info.kafka.agency, info.kafka.ca, secrets).of(unit)


def _plain(seen: "Received") -> dict[str, object]:
    shown = ("feednumber", "casenumber", "id", "kind", "subject", "view", "offset")
    return {**{name: getattr(seen, name) for name in shown}, "data": dict(seen.data)}


def _line(seen: "Received") -> str:
    return f"#{seen.feednumber:<6} {seen.kind:<20} {seen.view:<8} {seen.subject}"
