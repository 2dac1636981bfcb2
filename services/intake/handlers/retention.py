"""Erases the dossiers whose time is over by the sheet `retention`, each in a transaction of its own.

Nothing is erased by time until the committee has adopted the sheet: the number of its decision is a setting, and stands
with the sheet's own basis in each `dossier.erased`. What would go is told by `due` at any time.
"""

import asyncio
from contextlib import suppress
from datetime import date, datetime, time
from uuid import UUID

import structlog

from bus.database import Raw
from bus.retry import passing
from bus.uow import UnitsOfWork
from schemas.events.dossier import Ground
from schemas.reference.book import ReferenceBook
from schemas.reference.retention import Retention
from schemas.reference.validity import VIETNAM, vietnam_date
from services.dossiers import Erasure
from services.intake.handlers.dossiers import end
from services.intake.model import Tip
from services.intake.repository import erasing, tips
from services.intake.repository.erasing import Due, SignalKept

EVERY_SECONDS = 3600.0
AT_ONCE = 100
BY = "retention"
"""Whose act it is, in the tombstone and the audit."""

Over = tuple[Due, Retention]
"""A dossier whose time is over, and the row that says so."""

log = structlog.get_logger(__name__)


async def due(
    raw: Raw, book: ReferenceBook, now: datetime, *, keeper: str | None = None, limit: int = AT_ONCE
) -> list[Over]:
    """What is to be erased now, at most `limit` a row of the sheet in force, of one unit or of all."""
    today = vietnam_date(now)
    found: list[Over] = []
    for row in book.retention_at(today):
        before = _midnight(row.ended_before(today))
        over = await erasing.due(raw, (row.kind, row.outcome), before, limit, keeper)
        found += [(one, row) for one in over]
    return found


class Retaining:
    """The erasing by time of one process. Several may run: each dossier ends once."""

    def __init__(
        self, units: UnitsOfWork, book: ReferenceBook, decision: str, *, seconds: float = EVERY_SECONDS
    ) -> None:
        self._units = units
        self._book = book
        self._decision = decision
        self._seconds = seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Erase what is due now and once an hour, until `stop`. What may pass is logged and left to the next time."""
        while self._decision and not stop.is_set():
            try:
                await self.erase(stop)
            except Exception as error:
                if not passing(error):
                    raise
                log.warning("retention_left", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._seconds)
        await stop.wait()

    async def erase(self, stop: asyncio.Event) -> int:
        """Erase everything that is due now; returns how many dossiers ended. Interrupted, it goes on another time."""
        ended, now = 0, self._units.context.clock()
        while not stop.is_set():
            async with self._units.begin() as uow:
                over = await due(uow.raw, self._book, now)
            done = [await self._end(one, row) for one, row in over if not stop.is_set()]
            ended += sum(done)
            if not any(done):
                break
        if ended:
            log.info("retention_erased", dossiers=ended)
        return ended

    async def _end(self, over: Due, row: Retention) -> bool:
        """End one dossier, if it still is as it was when it was found."""
        order = Erasure(over.id, Ground.RETENTION, f"{row.basis}; {self._decision}", BY)
        async with self._units.begin() as uow:
            found = await _locked(over.id, uow.raw)
            if found is None or found.erased_at is not None or not _still(found, row):
                return False
            await end(found, order, uow)
        return True


async def _locked(dossier: UUID, raw: Raw) -> Tip | SignalKept | None:
    return await tips.tip_for_update(raw, dossier) or await erasing.signal_for_update(raw, dossier)


def _still(found: Tip | SignalKept, row: Retention) -> bool:
    """A hold, or another decision, may have come between."""
    if isinstance(found, SignalKept):
        return found.finished
    return found.state.value == ("forwarded" if row.outcome == "closed" else row.outcome)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
