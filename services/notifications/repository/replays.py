"""What of feeds is written to their topics again, as rows that say how far it has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.database import Raw, json_text
from services.notifications.model.row import COLUMNS, FeedRow

_NAMES = ", ".join(COLUMNS)
_ASK = """
insert into feed_replay (unit, from_number, to_number, next_number, rate, reason, actor, asked_at)
values ($1, $2, $3, $2, $4, $5, $6, $7)
on conflict (unit) where finished_at is null do nothing returning *
"""
_NEXT = "select * from feed_replay where finished_at is null order by id"
_ALL = "select * from feed_replay where unit = $1 order by id desc limit 100"
_MOVE = """
update feed_replay set next_number = $3, finished_at = case when $3 > to_number then $4::timestamptz end
where id = $1 and next_number = $2 and finished_at is null returning true
"""
_ROWS = f"""
select id, {_NAMES} from feed where unit = $1 and number >= $2 and number <= $3 order by number limit $4
"""  # noqa: S608 - built of constants
_AT = "select min(number) from feed where unit = $1 and created_at >= $2"
_LAST = "select coalesce(max(last), 0) from feed_counter where unit = $1"


@dataclass(frozen=True, slots=True)
class Replay:
    """Numbers `from_number` to `to_number` of one feed, of which `next_number` comes next, at most `rate` a second."""

    id: UUID
    unit: str
    from_number: int
    to_number: int
    next_number: int
    rate: int
    reason: str
    actor: Mapping[str, Any]
    asked_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for, by whom and why."""

    unit: str
    from_number: int
    to_number: int
    rate: int
    reason: str
    actor: Mapping[str, Any]


async def ask(raw: Raw, wanted: Wanted, at: datetime) -> Replay | None:
    """Ask for it; None while another replay of this feed is not finished."""
    told = json_text(dict(wanted.actor))
    row = await raw.fetchrow(
        _ASK, wanted.unit, wanted.from_number, wanted.to_number, wanted.rate, wanted.reason, told, at
    )
    return None if row is None else _replay(row)


async def unfinished(raw: Raw) -> list[Replay]:
    """What is still to be written, oldest first."""
    return [_replay(row) for row in await raw.fetch(_NEXT)]


async def of_unit(raw: Raw, unit: str) -> list[Replay]:
    """The latest of one feed, newest first."""
    return [_replay(row) for row in await raw.fetch(_ALL, unit)]


async def move(raw: Raw, replay: Replay, to: int, at: datetime) -> bool:
    """Go on at the number `to`; False where another process has moved it."""
    return bool(await raw.fetchval(_MOVE, replay.id, replay.next_number, to, at))


async def rows(raw: Raw, replay: Replay, limit: int) -> Sequence[FeedRow]:
    """What comes next of a replay, at most `limit` rows in order."""
    found = await raw.fetch(_ROWS, replay.unit, replay.next_number, replay.to_number, limit)
    return [FeedRow.of(row["id"], row) for row in found]


async def number_at(raw: Raw, unit: str, at: datetime) -> int | None:
    """The first number that was given at or after a time; None where there is none yet."""
    found: int | None = await raw.fetchval(_AT, unit, at)
    return found


async def last_number(raw: Raw, unit: str) -> int:
    """The last number of a feed, 0 for one that has none."""
    return int(await raw.fetchval(_LAST, unit))


def _replay(row: Any) -> Replay:
    return Replay(
        id=row["id"],
        unit=row["unit"],
        from_number=row["from_number"],
        to_number=row["to_number"],
        next_number=row["next_number"],
        rate=row["rate"],
        reason=row["reason"],
        actor=row["actor"],
        asked_at=row["asked_at"],
        finished_at=row["finished_at"],
    )
