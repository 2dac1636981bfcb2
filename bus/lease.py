"""The row that says which relay sends an outbox, and how far it is: a lease with an epoch, not a lock.

A frozen process keeps its locks; a lease runs out. Its epoch then rises, and what the frozen one saves is refused.
"""

from dataclasses import dataclass
from datetime import timedelta

from bus.cursor import Cursor
from bus.database import Database
from bus.errors import Fenced

_MAKE = "insert into outbox_cursor (outbox) values ($1) on conflict do nothing"
_TAKE = """
update outbox_cursor set epoch = epoch + 1, owner = $2, lease_until = clock_timestamp() + $3::interval
where outbox = $1 and lease_until < clock_timestamp()
returning epoch, high, gaps
"""
_SAVE = """
update outbox_cursor set high = $3, gaps = $4, lease_until = clock_timestamp() + $5::interval
where outbox = $1 and epoch = $2
returning pg_current_xact_id()::text::bigint
"""
_RELEASE = """
update outbox_cursor set high = $3, gaps = $4, lease_until = '-infinity'
where outbox = $1 and epoch = $2
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one outbox from `cursor` on, for as long as nobody has taken a later `epoch`."""

    epoch: int
    cursor: Cursor


class CursorRow:
    """The row of one outbox, as one relay sees it. Each call is a transaction of its own."""

    def __init__(self, database: Database, outbox: str, owner: str, length: timedelta) -> None:
        self._database = database
        self._outbox = outbox
        self._owner = owner
        self._length = length

    async def make(self) -> None:
        """Have the row exist; a new one starts before the first id."""
        async with self._database.autocommit() as raw:
            await raw.execute(_MAKE, self._outbox)

    async def take(self) -> Lease | None:
        """The lease, if it is free or has run out, else None."""
        async with self._database.autocommit() as raw:
            row = await raw.fetchrow(_TAKE, self._outbox, self._owner, self._length)
        return None if row is None else Lease(row["epoch"], Cursor.resumed(row["high"], row["gaps"]))

    async def save(self, epoch: int, cursor: Cursor) -> Cursor:
        """Keep the cursor and the lease; returns the cursor with its gaps fenced. Raises `Fenced`."""
        async with self._database.autocommit() as raw:
            xid = await raw.fetchval(_SAVE, self._outbox, epoch, cursor.high, cursor.open, self._length)
        if xid is None:
            raise Fenced(f"another relay took {self._outbox} after epoch {epoch}")
        return cursor.fenced(xid)

    async def release(self, epoch: int, cursor: Cursor) -> None:
        """Keep the cursor and let the next relay start at once. A fenced one changes nothing."""
        async with self._database.autocommit() as raw:
            await raw.execute(_RELEASE, self._outbox, epoch, cursor.high, cursor.open)
