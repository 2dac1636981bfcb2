"""Who did what to parked events: a row each, kept for good, written with the act itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bus.database import Raw
from bus.parked import ParkedAt

Act = Literal["redrive", "discard"]
Fate = Literal["applied", "skipped", "failed", "discarded"]
"""What came of an act: `skipped` had been applied before, or concerns nobody here; `failed` stays parked."""

_NOTE = """
insert into parked_act (act, grp, topic, part, record_offset, outcome, person, unit, reason, error)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_LEFT = """
insert into parked_left as gone (grp, topic, part, redriven, discarded)
select grp, topic, part, sum(redriven), sum(discarded)
from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[])
  as one (grp, topic, part, redriven, discarded)
group by grp, topic, part order by grp, topic, part
on conflict (grp, topic, part) do update
set redriven = gone.redriven + excluded.redriven, discarded = gone.discarded + excluded.discarded
"""
_ACTS = """
select id, at, act, outcome, grp, topic, part, record_offset, person, unit, reason, error
from parked_act where id < coalesce($1, 9223372036854775807) order by id desc limit $2
"""


@dataclass(frozen=True, slots=True)
class Who:
    """The person who acts, and of which unit, as a token proved it."""

    person: str
    unit: str


@dataclass(frozen=True, slots=True)
class Noted:
    """One act on one parked event. `reason` is the person's, `error` the one with which a redrive failed."""

    at: ParkedAt
    fate: Fate
    reason: str | None = None
    error: str | None = None

    @property
    def act(self) -> Act:
        """What was done."""
        return "discard" if self.fate == "discarded" else "redrive"


@dataclass(frozen=True, slots=True)
class ParkedAct:
    """A row of the log of acts."""

    id: int
    when: datetime
    who: Who
    noted: Noted


async def note(raw: Raw, who: Who, acts: Sequence[Noted]) -> None:
    """Keep these acts, and count what left the parked by them. The last statement of a transaction.

    It locks a row that other acts wait for: whoever locked anything after it could wait for one of them.
    """
    rows = [(one.act, *one.at, one.fate, who.person, who.unit, one.reason, one.error) for one in acts]
    await raw.executemany(_NOTE, rows)
    gone = [one for one in acts if one.fate != "failed"]
    if gone:
        places = [one.at for one in gone]
        discarded = [int(one.act == "discard") for one in gone]
        columns = ([at.group for at in places], [at.topic for at in places], [at.partition for at in places])
        await raw.execute(_LEFT, *columns, [1 - one for one in discarded], discarded)


async def parked_acts(raw: Raw, *, before: int | None = None, limit: int = 100) -> list[ParkedAct]:
    """A page of the acts in this schema, the latest first, from before the id `before` on."""
    return [
        ParkedAct(
            row["id"],
            row["at"],
            Who(row["person"], row["unit"]),
            Noted(
                ParkedAt(row["grp"], row["topic"], row["part"], row["record_offset"]),
                row["outcome"],
                row["reason"],
                row["error"],
            ),
        )
        for row in await raw.fetch(_ACTS, before, limit)
    ]
