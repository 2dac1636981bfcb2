"""Sends a list of reported sites to its desk, a chunk at a time, from where the desk has it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.reported.chunks import ListedFile, examined
from schemas.reported.rows import Field, Format, Reading

DOOR = "/desk/lists"

Send = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""Posts a body to a path of intake and gives the answer, trying again where that helps."""
Show = Callable[[Mapping[str, Any]], None]
"""Is told how far the list is after every chunk."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one import came to. `known` means that the desk had the whole file before: nothing was sent or changed."""

    state: Mapping[str, Any]
    known: bool

    def figures(self) -> dict[str, int]:
        """The four counts. Of a file that was known every line that is a report is a repeat of itself."""
        read, refused = self.state["read"], self.state["refused"]
        taken, linked = (0, read - refused) if self.known else (self.state["taken"], self.state["linked"])
        return {"reports_read": read, "reports_taken": taken, "reports_linked": linked, "reports_refused": refused}


def file_of(path: Path, reading: Reading) -> ListedFile:
    """The file, read once; raises OSError, EncodingError or MapError."""
    return examined(lambda: path.open("rb"), path.name, reading)


def send_list(file: ListedFile, send: Send, show: Show) -> Outcome:
    """Sends what the desk does not have yet. Whoever sends the same file at the same time shares the work."""
    state = send(DOOR, file.listed())
    if state["finished_at"] is not None:
        return Outcome(state, known=True)
    show(state)
    for chunk in file.chunks(int(state["last_line"])):
        state = send(f"{DOOR}/{state['list_id']}/rows", chunk)
        show(state)
        if state["finished_at"] is not None:
            break
    return Outcome(state, known=False)


def reading_of(columns: Mapping[str, Field], asked: Format | None, path: Path, reading: Reading) -> Reading:
    """How a file is read: as asked, else a sheet where its name or a map says so, else one site a line."""
    sheet = bool(columns) or path.suffix.lower() == ".csv"
    return Reading(asked or (Format.CSV if sheet else Format.SITES), reading.encoding, columns)
