"""Feeds and their counters, a batch at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bus.database import Raw, json_text
from bus.outbox import Table
from bus.wire import as_it_came
from schemas.envelope import Event
from services.notifications.model.mention import Mention
from services.notifications.model.numbering import Destined, Numbered, Numbering
from services.notifications.model.recount import Place
from services.notifications.model.row import COLUMNS, FeedRow

FEED = Table("feed", COLUMNS, "octet_length(payload)", partitioned=False)
"""The feed as the relay reads it."""

PAGE_BYTES = 4 * 1024 * 1024
"""A page ends with the row that reaches so many bytes."""

# One statement that makes or locks each counter in turn: two that each took some would wait for each other.
_LOCK = """
insert into feed_counter as c (unit, last)
select unit, 0 from unnest($1::text[]) as unit order by unit
on conflict (unit) do update set last = c.last
returning unit, last
"""
_PRESENT = """
select f.unit, f.event_id
from unnest($1::text[], $2::text[]) as w (unit, event_id) join feed as f using (unit, event_id)
"""
_CASES = """
select unit, case_id, last
from unnest($1::text[], $2::uuid[]) as w (unit, case_id) join case_counter using (unit, case_id)
"""
_APPEND = """
insert into feed (unit, number, case_number, view, event_id, type, subject, related, headers, payload)
select r.unit, r.number, r.case_number, r.view, e.event_id, e.type, e.subject, e.related, e.headers, e.payload
from unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
  with ordinality as r (place, unit, number, case_number, view, turn)
join unnest($6::int[], $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::jsonb[], $12::bytea[])
  as e (place, event_id, type, subject, related, headers, payload) using (place)
order by r.turn
"""
_SAVE = """
update feed_counter as c set last = n.last from unnest($1::text[], $2::bigint[]) as n (unit, last) where c.unit = n.unit
"""
_SAVE_CASES = """
insert into case_counter (unit, case_id, last) select * from unnest($1::text[], $2::uuid[], $3::bigint[])
on conflict (unit, case_id) do update set last = excluded.last
"""
_NAMES = ", ".join(COLUMNS)
_PAGE = f"""
select id, {_NAMES} from (
  select id, {_NAMES}, coalesce(sum(octet_length(payload)) over (
    order by number rows between unbounded preceding and 1 preceding), 0) as before
  from (select id, {_NAMES} from feed where unit = $1 and number > $2 order by number limit $3) as taken
) as weighed where before < $4 order by number
"""  # noqa: S608 - built of constants
_BROUGHT = """
select unit, case_number, type, subject, related from feed
where subject = any($2::uuid[]) and related = any($3::uuid[]) and unit = any($1::text[]) and case_number is not null
"""
_HEADS = "select unit, last from feed_counter"


@dataclass(frozen=True, slots=True)
class Kept:
    """An event of a batch, sealed, with what it names."""

    event: Event[Any]
    mention: Mention


async def lock(raw: Raw, units: Collection[str]) -> dict[str, int]:
    """The last number of each feed, its counter locked until the transaction ends; a new feed starts at 0.

    Locks are taken in the order of unit codes, so that writers of different partitions wait in line, never in a ring.
    """
    return {row["unit"]: row["last"] for row in await raw.fetch(_LOCK, list(units))}


async def absent(raw: Raw, destined: Sequence[Destined]) -> list[Destined]:
    """Those that their feed does not hold yet. Only right under `lock`."""
    rows = await raw.fetch(_PRESENT, [one.unit for one in destined], [one.event_id for one in destined])
    present = {(row["unit"], row["event_id"]) for row in rows}
    first = {(one.unit, one.event_id): one for one in reversed(destined)}
    return [one for one in destined if (key := (one.unit, one.event_id)) not in present and first[key] is one]


async def case_counts(raw: Raw, destined: Sequence[Destined]) -> dict[tuple[str, UUID], int]:
    """How much each unit was shown of each case; what it was shown nothing of is left out. Only right under `lock`."""
    keys = {(one.unit, one.case_id) for one in destined if one.case_id is not None}
    rows = await raw.fetch(_CASES, [unit for unit, _ in keys], [case for _, case in keys]) if keys else ()
    return {(row["unit"], row["case_id"]): row["last"] for row in rows}


async def append(raw: Raw, kept: Mapping[int, Kept], numbered: Sequence[Numbered], counts: Numbering) -> None:
    """Write the rows in their order, and the counters as they are after them."""
    messages = {place: as_it_came(one.event, "feed") for place, one in kept.items()}
    headers = [json_text({name: value.decode() for name, value in message.headers}) for message in messages.values()]
    await raw.execute(
        _APPEND,
        [one.destined.place for one in numbered],
        [one.destined.unit for one in numbered],
        [one.number for one in numbered],
        [one.case_number for one in numbered],
        [one.destined.view.word for one in numbered],
        list(kept),
        [one.event.envelope.id for one in kept.values()],
        [one.mention.type for one in kept.values()],
        [one.mention.subject for one in kept.values()],
        [one.mention.related for one in kept.values()],
        headers,
        [message.value for message in messages.values()],
    )
    await raw.execute(_SAVE, list(counts.last), list(counts.last.values()))
    if counts.cases:
        units, cases = zip(*counts.cases, strict=True)
        await raw.execute(_SAVE_CASES, list(units), list(cases), list(counts.cases.values()))


async def page(raw: Raw, unit: str, after: int, limit: int) -> list[FeedRow]:
    """At most `limit` rows of a feed behind a number, in order."""
    rows = await raw.fetch(_PAGE, unit, after, limit, PAGE_BYTES)
    return [FeedRow.of(row["id"], row) for row in rows]


async def brought(raw: Raw, units: Collection[str], cases: Collection[UUID], origins: Collection[UUID]) -> list[Place]:
    """What these origins brought to these cases, as it stands in the feeds of these units."""
    rows = await raw.fetch(_BROUGHT, list(units), list(cases), list(origins))
    return [
        Place(row["unit"], row["case_number"], Mention(row["type"], row["subject"], row["related"])) for row in rows
    ]


async def heads(raw: Raw) -> dict[str, int]:
    """The last number of every feed."""
    return {row["unit"]: row["last"] for row in await raw.fetch(_HEADS)}
