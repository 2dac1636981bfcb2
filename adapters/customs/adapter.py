"""Carries flagged declarations to the bus: page by page, each page acknowledged before the next position is kept."""

import asyncio
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import structlog
from pydantic_core import to_json

from adapters.customs.declaration import Declaration
from adapters.customs.signal import Reporting
from adapters.sdk.cursor import CursorFile, Position
from adapters.sdk.paging import Page, Pager
from adapters.sdk.quarantine import Quarantine
from adapters.sdk.sender import Sender
from bus.message import Message


@dataclass(slots=True)
class Tally:
    """What was done since the start. rows = signals + unflagged + quarantined."""

    rows: int = 0
    signals: int = 0
    unflagged: int = 0
    quarantined: int = 0
    unknown_offices: int = 0
    by_unit: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def told(self) -> dict[str, Any]:
        """The counts for a log line."""
        return {
            "rows": self.rows,
            "signals": self.signals,
            "unflagged": self.unflagged,
            "quarantined": self.quarantined,
            "unknown_offices": self.unknown_offices,
            "by_unit": dict(sorted(self.by_unit.items())),
        }


@dataclass(slots=True)
class CustomsAdapter:
    """The adapter. A crash at any point costs nothing: what is sent again is a repetition, which the bus skips."""

    pager: Pager
    reporting: Reporting
    sender: Sender
    cursor: CursorFile
    quarantine: Quarantine
    limit: int = 500
    tally: Tally = field(default_factory=Tally)

    async def once(self) -> None:
        """Read from the last position to the end of the source. Raises what the pager and the sender raise."""
        self._tell_end(await self._to_the_end())

    async def follow(self, seconds: float) -> None:
        """Do so for ever, looking for new rows every so many seconds."""
        told = Position()
        while True:
            position = await self._to_the_end()
            if position != told:
                self._tell_end(position)
                told = position
            await asyncio.sleep(seconds)

    async def _to_the_end(self) -> Position:
        position, last = self.cursor.load(), False
        while not last:
            position, last = await self._turn(position)
        return position

    def _tell_end(self, position: Position) -> None:
        structlog.get_logger().info("source_exhausted", source=position.source, done=position.done, **self.tally.told())

    async def _turn(self, position: Position) -> tuple[Position, bool]:
        """One page: the position after it, and whether it was the last."""
        page = await self.pager.after(position.done, self.limit)
        if page.source != position.source and position.done:
            structlog.get_logger().warning("source_changed", before=position.source, now=page.source)
            return Position(), False
        await self._send(page)
        self._count_stepped_over(page, position)
        after = Position(source=page.source, done=page.cursor)
        if after != position:
            self.cursor.save(after)
            structlog.get_logger().info("page_done", done=after.done, **self.tally.told())
        return after, page.last

    async def _send(self, page: Page) -> None:
        by_unit: dict[str, list[Message]] = defaultdict(list)
        for row in page.rows:
            declaration = self._read(row)
            if declaration is None:
                continue
            if not declaration.flagged:
                self.tally.unflagged += 1
                continue
            reported = self.reporting.report(declaration)
            by_unit[reported.unit].append(reported.message)
            self.tally.unknown_offices += not reported.known_office
        await self.sender.send(by_unit)
        for unit, messages in by_unit.items():
            self.tally.by_unit[unit] += len(messages)
            self.tally.signals += len(messages)
        self.tally.rows += len(page.rows)

    def _read(self, row: dict[str, Any]) -> Declaration | None:
        """The declaration of a row; a row that is none is kept in quarantine, and counted."""
        try:
            return Declaration.of(row)
        except ValueError as error:
            content = to_json(row)
            kept = self.quarantine.keep(f"row-{hashlib.sha256(content).hexdigest()[:12]}", content, str(error))
            structlog.get_logger().error("row_unreadable", reason=str(error), kept=str(kept))
            self.tally.quarantined += 1
            return None

    def _count_stepped_over(self, page: Page, position: Position) -> None:
        stepped = page.cursor - position.done - len(page.rows)
        self.tally.rows += stepped
        self.tally.quarantined += stepped
