"""Which feed rows were written to their topics in the open, for as long as the topics keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bus.database import Raw
from services.notifications.model.mention import Mention

RETENTION = timedelta(days=14)
"""How long `to.<unit>` keeps what was written to it (DESIGN 4)."""

_NOTE = "insert into feed_copy (rows, written_at) values ($1, $2)"
_FORGET = "delete from feed_copy where written_at < $1"
_OF_TIP = """
with named as (select $1::uuid as id union select case_id from case_origin where origin_id = $1),
told as (
  select id, unit, number, type, subject, related from feed where subject in (select id from named)
  union select id, unit, number, type, subject, related from feed where related in (select id from named)
)
select t.unit, t.number, t.type, t.subject, t.related, max(c.written_at) as written_at
from told as t join feed_copy as c on c.rows @> array[t.id] where c.written_at >= $2
group by t.unit, t.number, t.type, t.subject, t.related order by t.unit, t.number
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """A feed event that a topic holds opened, and when it was last written there."""

    unit: str
    number: int
    mention: Mention
    written_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When the topic lets go of it."""
        return self.written_at + RETENTION


async def note(raw: Raw, rows: Sequence[int], at: datetime) -> None:
    """Remember that these rows are about to be written, and forget what topics no longer hold."""
    await raw.execute(_FORGET, at - RETENTION)
    if rows:
        await raw.execute(_NOTE, rows, at)


async def of_tip(raw: Raw, tip: UUID, now: datetime) -> list[Copy]:
    """The copies that topics still hold of what names this tip, or a case that it contributed to."""
    rows = await raw.fetch(_OF_TIP, tip, now - RETENTION)
    return [
        Copy(row["unit"], row["number"], Mention(row["type"], row["subject"], row["related"]), row["written_at"])
        for row in rows
    ]
