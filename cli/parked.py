"""`phoihop parked …`: what the services could not handle, with its reason, and what is done about it.

Needs the role directory_admin. Exit codes are those of every command that calls a service: see `cli/client.py`; 1 also
where an event that was redriven failed again, and 130 where a redrive was interrupted: what it did stays done.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.client import EXIT_REFUSED, calling, say
from cli.form_file import wrong_usage

if TYPE_CHECKING:
    from cli.redriving import Done

SERVICES = ("intake", "gateway", "cases", "notifications", "console")
EXIT_INTERRUPTED = 130
_ONE_OF = f"One of {', '.join(SERVICES)}"

app = typer.Typer(no_args_is_help=True, help="Events that could not be handled, kept with their reason.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Service = Annotated[str, typer.Argument(help=f"{_ONE_OF}.")]
OneService = Annotated[str | None, typer.Option(help=f"{_ONE_OF}; default: all.")]
Parked = Annotated[str, typer.Argument(metavar="ID", help="The id, as `parked list` shows it.")]


@app.command("list")
def list_parked(
    service: OneService = None,
    reason: Annotated[str | None, typer.Option(help="Only those parked for this reason.")] = None,
    after: Annotated[str | None, typer.Option(help="The id that the last page of this service ended with.")] = None,
    as_json: Json = False,
) -> None:
    """What is parked, by service."""
    if after and not service:
        wrong_usage(f"--after goes on with one service: name it by --service ({', '.join(SERVICES)})")
    asked = {"reason": reason, "after": after}
    given = {name: value for name, value in asked.items() if value}
    found = {name: _page(name, "/parked", given, as_json=as_json) for name in _chosen(service)}
    lines = [f"{name:<14} {_counted(page)}" for name, page in found.items()]
    rows = [f"{name:<14} {_row(row)}" for name in found for row in found[name]["parked"]]
    more = [f"more: --service {name} --after {page['next']}" for name, page in found.items() if page["next"]]
    say(found, as_json=as_json, text="\n".join([*lines, *rows, *more]))


@app.command()
def show(service: Service, parked: Parked, as_json: Json = False) -> None:
    """One parked event: where it stands in its topic, and why it is kept. Its values stay sealed."""
    with calling(_known(service), as_json=as_json) as client:
        found = client.get(f"/parked/{parked}").json()
    say(found, as_json=as_json, text=json.dumps(found, ensure_ascii=False, indent=2))


@app.command()
def redrive(
    service: Annotated[str | None, typer.Argument(help=f"{_ONE_OF}; with --all, all of them by default.")] = None,
    parked: Annotated[str | None, typer.Argument(metavar="ID", help="The id, as `parked list` shows it.")] = None,
    key: Annotated[bool, typer.Option("--key", help="Everything that is parked of its key, in order.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Everything that is parked, each key in order.")] = False,
    as_json: Json = False,
) -> None:
    """Carry parked events out after all. One that fails again stays parked, and its key behind it."""
    if everything:
        if parked or key:
            wrong_usage("--all redrives everything: leave ID and --key out, or leave --all out")
        _redrive_all(_chosen(service), as_json=as_json)
        return
    if not service or not parked:
        wrong_usage("name the service and the ID of an event, as `phoihop parked list` shows them, or say --all")
    _redrive_one(_known(service), parked, key=key, as_json=as_json)


@app.command()
def discard(
    service: Service,
    parked: Parked,
    reason: Annotated[str, typer.Option(help="Why it is given up; kept for good, so without personal values.")],
    sequence: Annotated[
        int | None, typer.Option(min=1, help="The number it stood for in its order, where that cannot be read.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Give a parked event up for good: what it should have done here is never done. What follows it may go on."""
    body = {"reason": reason} | ({} if sequence is None else {"sequence": sequence})
    with calling(_known(service), as_json=as_json) as client:
        gone = client.post(f"/parked/{parked}/discard", json=body).json()
    say(gone, as_json=as_json, text=_given_up(service, gone))


@app.command()
def log(
    service: OneService = None,
    before: Annotated[int | None, typer.Option(help="The number that the last page of this service gave.")] = None,
    as_json: Json = False,
) -> None:
    """Who redrove and discarded what, when and why, the latest first."""
    if before and not service:
        wrong_usage(f"--before goes on with one service: name it by --service ({', '.join(SERVICES)})")
    given = {} if before is None else {"before": str(before)}
    found = {name: _page(name, "/parked/log", given, as_json=as_json) for name in _chosen(service)}
    rows = [f"{row['at']}  {name:<14} {_act(row)}" for name in found for row in found[name]["acts"]]
    more = [f"more: --service {name} --before {page['next']}" for name, page in found.items() if page["next"]]
    say(found, as_json=as_json, text="\n".join([*rows, *more]) or "nothing was redriven or discarded yet")


def _redrive_one(service: str, parked: str, *, key: bool, as_json: bool) -> None:
    from cli.patient import Patient
    from cli.redriving import nothing, of_key

    done = nothing()
    with calling(service, as_json=as_json) as client:
        if key:
            of_key(Patient(client), parked, done)
        else:
            done = client.post(f"/parked/{parked}/redrive", json={}).json()
    _end({service: done}, done, as_json=as_json)


def _redrive_all(services: Sequence[str], *, as_json: bool) -> None:
    from cli.patient import Patient
    from cli.redriving import nothing, progress, sweep

    found: dict[str, Done] = {}
    try:
        for name in services:
            found[name] = nothing()
            with calling(name, as_json=as_json) as client, progress(name) as show:
                sweep(Patient(client), found[name], show)
    except (KeyboardInterrupt, SystemExit) as ended:
        typer.echo("\n".join(_lines(found)), err=True)
        typer.echo("not finished: what was redriven stays so; run the same command again to go on", err=True)
        if isinstance(ended, SystemExit):
            raise
        sys.exit(EXIT_INTERRUPTED)
    _end(found, found, as_json=as_json)


def _end(found: Mapping[str, "Done"], told: Mapping[str, Any], *, as_json: bool) -> None:
    say(told, as_json=as_json, text="\n".join(_lines(found)))
    if any(done["failed"] for done in found.values()):
        sys.exit(EXIT_REFUSED)


def _lines(found: Mapping[str, "Done"]) -> list[str]:
    lines = []
    for name, done in found.items():
        counts = f"{done['applied']} applied, {done['skipped']} skipped, {len(done['failed'])} failed again"
        lines.append(f"{name:<14} {counts}, {done['left']} still parked")
        lines += [f"{name:<14} {_row(row)}" for row in done["failed"]]
    return lines


def _given_up(service: str, gone: Mapping[str, Any]) -> str:
    first, last = gone["first"], gone["last"]
    several = f"numbers {first} to {last} of its record are" if first != last else f"number {last} of its record is"
    lines = ["discarded; " + (f"{several} given up" if last is not None else "no number of an order is passed over")]
    if gone["left"]:
        lines.append(f"{gone['left']} wait behind it: phoihop parked redrive {service} {gone['next']} --key")
    return "\n".join(lines)


def _row(row: Mapping[str, Any]) -> str:
    tried = f"  (tried {row['attempts']} times)" if row.get("attempts") else ""
    return f"{row['id']}  {row['reason']}  {row['error']}{tried}"


def _act(row: Mapping[str, Any]) -> str:
    why = row["reason"] or row["error"] or ""
    return f"{row['act']:<8} {row['outcome']:<9} {row['unit']}/{row['person']}  {row['parked']}  {why}".rstrip()


def _page(service: str, path: str, asked: Mapping[str, str], *, as_json: bool) -> dict[str, Any]:
    with calling(service, as_json=as_json) as client:
        page: dict[str, Any] = client.get(path, params=asked).json()
    return page


def _counted(page: dict[str, Any]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in page["counts"].items()) or "nothing parked"


def _chosen(service: str | None) -> Sequence[str]:
    return [_known(service)] if service else SERVICES


def _known(service: str) -> str:
    if service not in SERVICES:
        wrong_usage(f"no service {service!r} keeps parked events; use one of {', '.join(SERVICES)}")
    return service
