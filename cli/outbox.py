"""`phoihop outbox …`: what services have said, and how a log that was lost becomes whole again.

Needs the role directory_admin; for the integrity topic, integrity_officer too. Exit codes are those of every command
that calls a service: see `cli/client.py`. `resend` and `accept` refuse with 1 where the one they wait for is missing.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from cli.client import EXIT_REFUSED, calling, say
from cli.form_file import wrong_usage
from cli.stack import home, told
from infra.stack.access import SERVICES
from schemas.topics import AGGREGATES, Topics

if TYPE_CHECKING:
    from infra.stack.growth import Size

OWNERS = ("intake", "gateway", "cases")
READERS = ("intake", "cases", "notifications", "console")
_POLL_SECONDS = 1.0

app = typer.Typer(no_args_is_help=True, help="What services have said: state, growth, saying it again, accepting it.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Topic = Annotated[str, typer.Argument(help="A log of record, such as phoihop.case.v1.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the audit.")]


@app.command()
def status(as_json: Json = False) -> None:
    """Partitions ahead and archived by service, and what tables and topics take for each event, asked on the spot."""
    outboxes = {name: _get(name, "/outbox", as_json=as_json) for name in OWNERS}
    with told(as_json=as_json):
        from infra.stack.growth import growth
        from infra.stack.info import StackInfo

        sizes = growth(StackInfo.load(home()))
    lines = [f"{name:<14} {one['ahead']} partitions ahead, {_archived(one)}" for name, one in outboxes.items()]
    found = [asdict(one) | {"bytes_per_event": round(one.bytes_per_event, 1)} for one in sizes]
    say({"outboxes": outboxes, "growth": found}, as_json=as_json, text="\n".join([*lines, *map(_size, sizes)]))


@app.command()
def gaps(as_json: Json = False) -> None:
    """Partitions that are not read because the log is not the one that their offsets count in."""
    found = {name: _get(name, "/log", as_json=as_json)["gaps"] for name in READERS}
    lines = [
        f"{name:<14} {gap['topic']} {gap['partition']}: {gap['reason']}" for name, all_ in found.items() for gap in all_
    ]
    say(found, as_json=as_json, text="\n".join(lines) or "no gaps")


@app.command()
def resend(
    topic: Topic,
    reason: Reason,
    service: Annotated[str | None, typer.Option(help="One publisher of the topic; default: all of them.")] = None,
    from_id: Annotated[int, typer.Option(min=1, help="From this id of the outbox on.")] = 1,
    to_id: Annotated[int | None, typer.Option(min=1, help="Up to this id.")] = None,
    since: Annotated[datetime | None, typer.Option(help="What was said at or after this time (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(help="What was said before this time (UTC).")] = None,
    aggregate: Annotated[UUID | None, typer.Option(help="One aggregate alone.")] = None,
    rate: Annotated[int, typer.Option(min=1, max=100_000, help="Events a second at most.")] = 5_000,
    wait: Annotated[bool, typer.Option(help="Wait for the end, telling how far it is.")] = True,
    as_json: Json = False,
) -> None:
    """Publish a topic again from outbox and archive, everything unless told otherwise. Readers skip what they have."""
    limits = {"to_id": to_id, "since": _utc(since), "until": _utc(until), "aggregate": aggregate and str(aggregate)}
    body = {"topic": topic, "reason": reason, "from_id": from_id, "rate": rate}
    body |= {name: value for name, value in limits.items() if value is not None}
    owners = _publishers(topic, service)
    asked: dict[str, Mapping[str, Any]] = {
        name: _post(name, "/outbox/resends", body, as_json=as_json) for name in owners
    }
    if wait:
        asked = {name: _finished(name, one["id"], as_json=as_json) for name, one in asked.items()}
    say(asked, as_json=as_json, text="\n".join(_line(name, one) for name, one in asked.items()))


@app.command()
def resends(as_json: Json = False) -> None:
    """What is and was published again, by whom and why."""
    found = {name: _get(name, "/outbox/resends", as_json=as_json)["resends"] for name in OWNERS}
    lines = [_line(name, one) for name, all_ in found.items() for one in all_]
    say(found, as_json=as_json, text="\n".join(lines) or "nothing was published again")


@app.command()
def accept(topic: Topic, reason: Reason, as_json: Json = False) -> None:
    """Let readers go on in a topic that every publisher of it has published again whole. They skip what they have."""
    owners = {name: _whole(name, topic, as_json=as_json) for name in _publishers(topic, None)}
    lacking = [name for name, one in owners.items() if one is None]
    whole = [one for one in owners.values() if one is not None]
    if lacking or len({(one["cluster_id"], one["topic_id"]) for one in whole}) != 1:
        missing = ", ".join(lacking) or "one topic for all of them"
        sys.stderr.write(f"error: {topic} was not published again whole: {missing} is missing\n")
        sys.stderr.write(f"Run `phoihop outbox resend {topic} --reason …` and wait for its end.\n")
        raise typer.Exit(EXIT_REFUSED)
    body = {
        "topic": topic,
        "reason": reason,
        "cluster_id": whole[0]["cluster_id"],
        "topic_id": whole[0]["topic_id"],
        "starts": {part: min(one["starts"][part] for one in whole) for part in whole[0]["starts"]},
    }
    readers = [name for name in READERS if topic in _get(name, "/log", as_json=as_json)["topics"]]
    moved = {name: _post(name, "/log/accept", body, as_json=as_json)["moved"] for name in readers}
    lines = [f"{name:<14} {_moved(rows)}" for name, rows in moved.items()]
    say(moved, as_json=as_json, text="\n".join(lines) or f"no service reads {topic}")


def _publishers(topic: str, service: str | None) -> list[str]:
    owners = [
        name
        for name, grant in SERVICES.items()
        for aggregate in grant.writes
        if topic.endswith(Topics().of_aggregate(aggregate))
    ]
    if not owners:
        known = ", ".join(Topics().of_aggregate(aggregate) for aggregate in AGGREGATES)
        wrong_usage(f"{topic!r} is no log of record; use one of {known}")
    if service is not None and service not in owners:
        wrong_usage(f"{service!r} does not publish {topic}; {', '.join(owners)} do")
    return owners if service is None else [service]


def _whole(service: str, topic: str, *, as_json: bool) -> Mapping[str, Any] | None:
    """The latest whole resend of a topic that is finished; None where the latest is not, or none is whole."""
    found = _get(service, "/outbox/resends", as_json=as_json)["resends"]
    latest = next((one for one in found if one["topic"] == topic and one["whole"]), None)
    return latest if latest is not None and latest["finished_at"] else None


def _finished(service: str, resend_id: str, *, as_json: bool) -> Mapping[str, Any]:
    while True:
        found = _get(service, "/outbox/resends", as_json=as_json)["resends"]
        one: Mapping[str, Any] = next(each for each in found if each["id"] == resend_id)
        if one["finished_at"]:
            return one
        if not as_json:
            sys.stderr.write(f"{service}: {one['sent']} published again\n")
        time.sleep(_POLL_SECONDS)


def _line(service: str, one: Mapping[str, Any]) -> str:
    state = "finished" if one["finished_at"] else "at work" if one["started_at"] else "asked"
    scope = "whole" if one["whole"] else "part"
    why = f"asked by {one['asked_by']}: {one['reason']}"
    return f"{service:<14} {one['topic']} {scope} {state}: {one['sent']} events, {why}"


def _moved(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "reads on as it did"
    parts = ", ".join(
        f"{row['group']} {row['partition']}: {'lost' if row['before'] is None else row['before']} -> {row['after']}"
        for row in rows
    )
    return f"goes on at {parts}"


def _size(one: "Size") -> str:
    rows = "" if one.rows is None else f"{one.rows / max(one.events, 1):>8.2f} rows/event"
    taken = f"{one.bytes / 2**20:>9.1f} MiB {one.bytes_per_event:>10.1f} B/event"
    return f"{one.owner:<14} {one.name:<28} {taken} {rows}".rstrip()


def _archived(one: Mapping[str, Any]) -> str:
    kept = one["archived"]
    return f"{len(kept)} archived ({kept[0]} to {kept[-1]})" if kept else "none archived"


def _utc(time_: datetime | None) -> str | None:
    return None if time_ is None else f"{time_.isoformat()}Z"


def _get(service: str, path: str, *, as_json: bool) -> dict[str, Any]:
    with calling(service, as_json=as_json) as client:
        found: dict[str, Any] = client.get(path).json()
    return found


def _post(service: str, path: str, body: Mapping[str, Any], *, as_json: bool) -> dict[str, Any]:
    with calling(service, as_json=as_json) as client:
        found: dict[str, Any] = client.post(path, json=body).json()
    return found
