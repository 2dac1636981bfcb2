"""Denials, and the origins of cases by which a denial reaches them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from bus.database import Raw
from services.notifications.model.denials import Denials
from services.notifications.model.mention import Mention

_DENY = """
insert into denial (subject, unit, denied_at)
select d.subject, d.unit, $3::timestamptz from unnest($1::uuid[], $2::text[]) as d (subject, unit)
where not exists (select from denial as known where known.subject = d.subject)
on conflict do nothing
"""
_ORIGINS = (
    "insert into case_origin (case_id, origin_id) select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing"
)
_FIND = """
select subject, unit from denial where subject = any($1::uuid[])
union all
select d.subject, d.unit from denial as d
where d.subject in (select origin_id from case_origin where case_id = any($1::uuid[]))
"""
_GROWN = "select case_id, origin_id from case_origin where case_id = any($1::uuid[])"


async def deny(raw: Raw, found: Sequence[tuple[UUID, str]], at: datetime) -> None:
    """Keep these denials. A tip that is denied already stays so as it was: nothing later excepts one unit more."""
    if found:
        await raw.execute(_DENY, [subject for subject, _ in found], [token for _, token in found], at)


async def add_origins(raw: Raw, found: Sequence[tuple[UUID, UUID]]) -> None:
    """Keep what cases grew from."""
    if found:
        await raw.execute(_ORIGINS, [case for case, _ in found], [origin for _, origin in found])


async def denials(raw: Raw, mentions: Collection[Mention]) -> Denials:
    """All that could withhold an event that names these ids. One query where nothing is held."""
    ids = list({id_ for mention in mentions for id_ in mention.ids})
    rows = await raw.fetch(_FIND, ids)
    if not rows:
        return Denials()
    tokens: defaultdict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        tokens[row["subject"]].add(row["unit"])
    origins: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in await raw.fetch(_GROWN, ids):
        origins[row["case_id"]].add(row["origin_id"])
    return Denials(dict(tokens), dict(origins))
