"""`phoihop tip import`: an operator hands a list of reported sites to the own desk.

Exit codes are those of every command that calls a service: see `cli/client.py`; 1 also where the file cannot be read
as it was said to be.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.client import calling, say
from cli.form_file import wrong_usage
from schemas.reported.lines import Encoding
from schemas.reported.rows import Field, Format, Reading

if TYPE_CHECKING:
    import httpx2

    from cli.listing import Outcome, Show
    from schemas.reported.chunks import ListedFile

INTAKE = "intake"
MOST_TOLD = 20
MOST_LISTED = 1000
"""Refused lines that `--json` carries; the desk's door has them all."""
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def import_list(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A path, or the name of a file in PHOIHOP_DATA.")],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="COLUMN=FIELD", help=f"What a column tells: {', '.join(Field)}. Repeat for more."
        ),
    ] = None,
    layout: Annotated[
        Format | None, typer.Option("--format", help="One site a line, or a sheet. Default: by the file's name.")
    ] = None,
    encoding: Annotated[Encoding, typer.Option(help="The encoding of the file.")] = Encoding.UTF_8,
    as_json: Json = False,
) -> None:
    """Take in a list of reported sites. Each site becomes one tip; a repeat is noted on it; no site is ever fetched."""
    from cli.listing import reading_of, send_list
    from cli.patient import Patient

    path = located(file)
    reading = reading_of(mapped(columns or ()), layout, path, Reading(encoding=encoding))
    with calling(INTAKE, as_json=as_json) as intake, _progress() as show:
        listed = _examined(path, reading)
        began = time.monotonic()
        outcome = send_list(listed, Patient(intake).post, show)
        refused, more = _refused(intake, outcome)
    seconds = round(time.monotonic() - began, 2)
    told = {
        "list": outcome.state["list_id"],
        **outcome.figures(),
        "unchanged": outcome.known,
        "seconds": seconds,
        "refused": refused,
        "refused_more": more,
    }
    say(told, as_json=as_json, text=_summary(told))


def located(file: str) -> Path:
    """The file by its path, or by its name in PHOIHOP_DATA; ends the command with wrong usage where there is none."""
    data = os.environ.get("PHOIHOP_DATA")
    places = [Path(file), *([Path(data) / file] if data else [])]
    looked = " and ".join(f"{place}" for place in places)
    found = next((place for place in places if place.is_file()), None)
    return found or wrong_usage(f"there is no file {looked}: give its path, or set PHOIHOP_DATA to its folder")


def listed(file: str | None) -> Path | None:
    """A list of sites that is meant to be handed in later, examined now; ends the command with wrong usage."""
    if file is None:
        return None
    path = located(file).resolve()
    _examined(path, Reading())
    return path


def mapped(pairs: tuple[str, ...] | list[str]) -> dict[str, Field]:
    """The column map as typed; ends the command with wrong usage where a pair is none."""
    found: dict[str, Field] = {}
    for pair in pairs:
        column, sign, name = pair.rpartition("=")
        if not sign or not column.strip() or name not in set(Field):
            wrong_usage(f"--map {pair}: write COLUMN=FIELD, with one of the fields {', '.join(Field)}")
        if column.strip() in found or Field(name) in found.values():
            wrong_usage(f"--map {pair}: a column tells one field, and a field is told by one column")
        found[column.strip()] = Field(name)
    return found


def _examined(path: Path, reading: Reading) -> "ListedFile":
    from cli.listing import file_of
    from schemas.reported.lines import EncodingError
    from schemas.reported.rows import MapError

    try:
        return file_of(path, reading)
    except EncodingError as error:
        wrong_usage(f"{path}: {error}: {_remedy(error.encoding, error.begins_as)}")
    except MapError as error:
        wrong_usage(f"{path}: {error} (--map COLUMN=FIELD)")
    except OSError as error:
        wrong_usage(f"{path} cannot be read: {error.strerror}")


def _remedy(said: Encoding, begins_as: Encoding | None) -> str:
    if begins_as is not None:
        return f"say --encoding {begins_as}"
    others = " or ".join(f"--encoding {other}" for other in Encoding if other is not said)
    return f"save it as UTF-8, or say {others}; TCVN3 and VNI text must be converted to Unicode first"


@contextmanager
def _progress() -> Iterator["Show"]:
    """A bar on a terminal's stderr; elsewhere nothing is drawn."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reports", total=None)
        yield lambda state: bar.update(task, completed=state["read"], total=state["expected"])


def _refused(intake: "httpx2.Client", outcome: "Outcome") -> tuple[list[dict[str, Any]], int]:
    """Refused lines, as many as are told, and how many more there are."""
    from cli.listing import DOOR

    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None and len(found) < MOST_LISTED:
        page = intake.get(f"{DOOR}/{outcome.state['list_id']}/refused", params={"after": after}).json()
        found.extend(page["refused"])
        after = page["next"]
    return found[:MOST_LISTED], max(0, outcome.state["refused"] - len(found[:MOST_LISTED]))


def _summary(told: Mapping[str, Any]) -> str:
    counts = "  ".join(f"{name.removeprefix('reports_')} {told[name]}" for name in told if name.startswith("reports_"))
    lines = [f"line {row['line']}: {row['en']}" for row in told["refused"][:MOST_TOLD]]
    more = told["reports_refused"] - len(lines)
    return "\n".join(
        [
            *lines,
            *([f"and {more} more refused: --json tells {MOST_LISTED}"] if more > 0 else []),
            counts,
            *(["the desk had this file already: nothing has changed"] if told["unchanged"] else []),
        ]
    )
