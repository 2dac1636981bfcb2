"""A customs system that a test spoils: a stand-in's pages, and what is put in their place."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from adapters.customs.adapter import CustomsAdapter
from adapters.customs.offices import Offices
from adapters.customs.signal import Reporting
from adapters.customs.standin.columns import COLUMNS, Row
from adapters.customs.standin.shelf import Shelf
from adapters.sdk.cursor import CursorFile
from adapters.sdk.paging import Pager, Patience
from adapters.sdk.quarantine import Quarantine
from adapters.sdk.sender import Sender
from bus.identity import system_clock
from schemas.topics import Topics

TOKEN = "let-me-in"
HASTY = Patience(attempts=3, first=0.0, longest=0.0)
_LINE = "41256141,2021-04-01,40,B,11,21,11,40,LPA7LKZ,Y3OM027,FQKH1PD,dhl,420231,IT,RO,8.0,A,G,1.25,1248.7,1,1"


def row(**changes: str) -> Row:
    """One flagged declaration as the file has it; names with `_` for blanks."""
    found = dict(zip(COLUMNS, _LINE.split(","), strict=True))
    return found | {name.replace("_", " "): value for name, value in changes.items()}


def numbered(count: int) -> list[Row]:
    """So many flagged declarations, each with its own id."""
    return [row(Declaration_ID=f"{10_000_000 + number}") for number in range(count)]


def told(**changes: str) -> dict[str, str]:
    """The same row as the system tells it, its date moved."""
    (found,) = Shelf.of("test", "", [row(**changes)]).rows
    return found


@dataclass
class System:
    """The rows of a shelf over HTTP. `spoil` may answer in their place; `asked` are the requests so far."""

    shelf: Shelf
    spoil: Callable[[int, int], httpx2.Response | None] = lambda _after, _limit: None
    asked: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: list[Row]) -> "System":
        return cls(Shelf.of("test", "nothing is real", rows))

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        after, limit = int(request.url.params["after"]), int(request.url.params["limit"])
        self.asked.append((after, limit))
        if request.headers["Authorization"] != f"Bearer {TOKEN}":
            return httpx2.Response(401)
        return self.spoil(after, limit) or httpx2.Response(200, json=self.shelf.page(after, limit))

    def client(self) -> httpx2.AsyncClient:
        """Requests to this system."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self), base_url="http://customs")


def garbage(*places: int) -> Callable[[int, int], httpx2.Response | None]:
    """Any page that holds one of these rows is garbage."""

    def spoil(after: int, limit: int) -> httpx2.Response | None:
        held = any(after <= place < after + limit for place in places)
        return httpx2.Response(200, content=b"<html>\xff 502") if held else None

    return spoil


def pager(client: httpx2.AsyncClient, folder: Path, token: Callable[[], str] = lambda: TOKEN) -> Pager:
    """A pager that waits for nothing."""
    return Pager(client, "/declarations", "declarations", token, Quarantine(folder / "quarantine", system_clock), HASTY)


def adapter(
    client: httpx2.AsyncClient, folder: Path, sender: Sender, topics: Topics, *, limit: int = 4
) -> CustomsAdapter:
    """An adapter whose state lies in the folder."""
    reporting = Reporting(Offices.load(), frozenset({"dhl"}), topics)
    pages = pager(client, folder)
    return CustomsAdapter(pages, reporting, sender, CursorFile(folder / "cursor.json"), pages.quarantine, limit)


def kept(folder: Path) -> list[tuple[dict[str, Any], bytes]]:
    """What lies in quarantine: why, and what."""
    reasons = sorted((folder / "quarantine").glob("*.json"))
    return [(json.loads(path.read_text("utf-8")), path.with_suffix(".bin").read_bytes()) for path in reasons]
