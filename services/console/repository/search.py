"""Writing what the search finds, by the group of the search alone.

Locks are taken as for timelines: origins first and subjects after them, each in the order of their ids. A union of
tokens is kept sorted, so that one state is one row, however it came about.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from bus.database import Raw
from schemas.views import View
from services.console.model.findable import Findable, Row, Subject
from services.console.model.roots import Hold, Roots

_LOCK_ORIGINS = """
insert into search_origin (id) select id from unnest($1::uuid[]) as id order by id
on conflict (id) do update set id = excluded.id
returning id, denials"""
_LOCK_SUBJECTS = """
insert into search_subject as s (id, aggregate, origins, number, desk, state, sequence)
select id, aggregate, string_to_array(origins, ' ')::uuid[], number, desk, state, sequence
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
  as n (id, aggregate, origins, number, desk, state, sequence) order by id
on conflict (id) do update set
  origins = array(select distinct unnest(s.origins || excluded.origins) order by 1),
  number = coalesce(s.number, excluded.number), desk = coalesce(s.desk, excluded.desk),
  state = case when excluded.sequence > s.sequence then excluded.state else s.state end,
  sequence = greatest(s.sequence, excluded.sequence)
returning *"""
_LOCK_KNOWN = "select * from search_subject where id = any($1::uuid[]) order by id for update"
_CONCERNED = """
select id from search_subject where origins && $1::uuid[]
union select subject_id from search_entry where origin = any($1::uuid[])"""
_HOLD = """
update search_origin as o set denials = string_to_array(n.denials, ' ')
from unnest($1::uuid[], $2::text[]) as n (id, denials) where o.id = n.id and o.denials = '{}'"""
_HOLDS = "select id, denials from search_origin where id = any($1::uuid[]) and denials <> '{}'"
# Of an erased case or tip nothing is found any more; a case that grew from one goes on without what that brought.
_ERASE = "update search_origin set erased = true where id = any($1::uuid[]) and not erased"
_ERASE_TOLD = "delete from search_entry where origin = any($1::uuid[])"
_ERASE_SUBJECTS = "delete from search_subject where id = any($1::uuid[])"
_ERASED = "select id from search_origin where id = any($1::uuid[]) and erased"
_MARK = "update search_subject set held = true where id = any($1::uuid[]) and not held"
_APPEND = """
insert into search_entry (subject_id, event_id, unit, type, view, recorded, origin, tokens)
select subject_id, event_id, unit, type, view, recorded, origin, tokens::bigint[]
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::timestamptz[], $7::uuid[], $8::text[])
  as n (subject_id, event_id, unit, type, view, recorded, origin, tokens)
on conflict do nothing
returning subject_id, event_id, unit"""
_NARROW = """
update search_entry as e set view = n.view, tokens = n.tokens::bigint[]
from unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::text[])
  as n (subject_id, event_id, unit, view, tokens)
where (e.subject_id, e.event_id, e.unit) = (n.subject_id, n.event_id, n.unit)"""
_ENTRIES = "select * from search_entry where subject_id = any($1::uuid[])"
_REMOVE = """
delete from search_entry as e using unnest($1::uuid[], $2::text[], $3::text[]) as n (subject_id, event_id, unit)
where (e.subject_id, e.event_id, e.unit) = (n.subject_id, n.event_id, n.unit)"""
_WIDEN = """
insert into search_row as r (unit, subject_id, aggregate, touched, tokens)
select unit, subject_id, aggregate, touched, tokens::bigint[]
from unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[])
  as n (unit, subject_id, aggregate, touched, tokens)
on conflict (unit, subject_id) do update set touched = greatest(r.touched, excluded.touched),
  tokens = case when r.tokens @> excluded.tokens then r.tokens else
    array(select distinct unnest(r.tokens || excluded.tokens) order by 1) end
where r.touched < excluded.touched or not r.tokens @> excluded.tokens"""
_FORGET = "delete from search_row where subject_id = any($1::uuid[])"

Locked = tuple[Subject, bool]
"""A subject as it is kept, and whether anything that it grew from is held."""


async def lock_origins(raw: Raw, origins: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Lock these origins until the transaction ends; tells the denials of each, none where it is not held."""
    return {_id(row["id"]): frozenset(row["denials"]) for row in await raw.fetch(_LOCK_ORIGINS, list(origins))}


async def lock_subjects(raw: Raw, subjects: Collection[Subject]) -> dict[UUID, Locked]:
    """Lock these subjects until the transaction ends, made or told more of where that is new."""
    found = list(subjects)
    columns = (
        [one.id for one in found],
        [one.aggregate for one in found],
        [" ".join(str(origin) for origin in sorted(one.origins)) for one in found],
        [one.number for one in found],
        [one.desk for one in found],
        [one.state for one in found],
        [one.sequence for one in found],
    )
    return {_id(row["id"]): (subject(row), row["held"]) for row in await raw.fetch(_LOCK_SUBJECTS, *columns)}


async def concerned(raw: Raw, origins: Collection[UUID]) -> dict[UUID, Subject]:
    """Lock and return the subjects that grew from these origins, or tell of them; a tip grew from itself."""
    ids = [row["id"] for row in await raw.fetch(_CONCERNED, list(origins))]
    return {_id(row["id"]): subject(row) for row in await raw.fetch(_LOCK_KNOWN, ids)}


async def hold(raw: Raw, denials: Mapping[UUID, frozenset[str]]) -> None:
    """Hold these locked origins; one that is held already stays as it was."""
    await raw.execute(_HOLD, list(denials), [" ".join(sorted(found)) for found in denials.values()])


async def mark_held(raw: Raw, subjects: Collection[UUID]) -> None:
    """Remember that something is held that these locked subjects grew from."""
    if subjects:
        await raw.execute(_MARK, list(subjects))


async def erase(raw: Raw, dossiers: Collection[UUID]) -> None:
    """Forget all that these locked origins said, as records of their own and in others, and that for good."""
    for statement in (_ERASE, _ERASE_TOLD, _ERASE_SUBJECTS):
        await raw.execute(statement, list(dossiers))


async def erased(raw: Raw, dossiers: Collection[UUID]) -> frozenset[UUID]:
    """Those of these that were erased; only right under `lock_origins`."""
    return frozenset(_id(row["id"]) for row in await raw.fetch(_ERASED, list(dossiers)))


async def roots(raw: Raw, subjects: Collection[Subject], kept: Collection[Findable]) -> dict[UUID, Roots]:
    """What each subject grew from, with the holds that this group has read on that and on what its entries tell of."""
    rows = await raw.fetch(_HOLDS, list(origins_of(subjects, kept)))
    return rooted(subjects, kept, {_id(row["id"]): Hold(frozenset(row["denials"])) for row in rows})


def origins_of(subjects: Collection[Subject], kept: Collection[Findable]) -> set[UUID]:
    """Everything that a hold may be on which takes something of these."""
    return {origin for one in subjects for origin in one.origins} | {one.origin for one in kept if one.origin}


def rooted(subjects: Collection[Subject], kept: Collection[Findable], holds: Mapping[UUID, Hold]) -> dict[UUID, Roots]:
    """The subjects' roots, with those of the holds that concern each."""
    about = {one.id: set(one.origins) for one in subjects}
    for one in kept:
        about[one.subject] |= {one.origin} if one.origin else set()
    return {one.id: Roots(one.origins, {id_: holds[id_] for id_ in about[one.id] if id_ in holds}) for one in subjects}


async def append(raw: Raw, found: Sequence[Findable]) -> list[Findable]:
    """Keep those of these entries that are not kept yet, and return them."""
    columns = ([one.view for one in found], [one.recorded for one in found], [one.origin for one in found])
    types, texts = [one.type for one in found], [_text(one.tokens) for one in found]
    rows = await raw.fetch(_APPEND, *_keys(found), types, *columns, texts)
    fresh = {(_id(row["subject_id"]), row["event_id"], row["unit"]) for row in rows}
    return [one for one in found if (one.subject, one.event_id, one.unit) in fresh]


async def narrow(raw: Raw, found: Sequence[Findable]) -> None:
    """Keep these entries with the views and tokens that they have now."""
    if found:
        await raw.execute(_NARROW, *_keys(found), [one.view for one in found], [_text(one.tokens) for one in found])


async def remove(raw: Raw, found: Sequence[Findable]) -> None:
    """Forget these entries for good."""
    if found:
        await raw.execute(_REMOVE, *_keys(found))


async def entries(raw: Raw, subjects: Collection[UUID]) -> list[Findable]:
    """Every entry of these subjects, of every unit."""
    if not subjects:
        return []
    return [findable(row) for row in await raw.fetch(_ENTRIES, list(subjects))]


async def widen(raw: Raw, found: Sequence[Row]) -> None:
    """Add what units have come to find records by."""
    if not found:
        return
    await raw.execute(
        _WIDEN,
        [one.unit for one in found],
        [one.subject for one in found],
        [one.aggregate for one in found],
        [one.touched for one in found],
        [_text(one.tokens) for one in found],
    )


async def replace(raw: Raw, subjects: Collection[UUID], found: Sequence[Row]) -> None:
    """Make these the only rows of these subjects."""
    await raw.execute(_FORGET, list(subjects))
    await widen(raw, found)


def subject(row: Any) -> Subject:
    """The subject of a row of `search_subject`."""
    return Subject(
        id=_id(row["id"]),
        aggregate=row["aggregate"],
        origins=frozenset(_id(origin) for origin in row["origins"]),
        number=row["number"],
        desk=row["desk"],
        state=row["state"],
        sequence=row["sequence"],
    )


def findable(row: Any) -> Findable:
    """The entry of a row of `search_entry`."""
    return Findable(
        subject=_id(row["subject_id"]),
        event_id=row["event_id"],
        unit=row["unit"],
        type=row["type"],
        view=View(row["view"]),
        recorded=row["recorded"],
        origin=_id(row["origin"]) if row["origin"] else None,
        tokens=frozenset(row["tokens"]),
    )


def _keys(found: Sequence[Findable]) -> tuple[list[Any], ...]:
    return [one.subject for one in found], [one.event_id for one in found], [one.unit for one in found]


def _text(tokens: Collection[int]) -> str:
    return "{" + ",".join(str(token) for token in sorted(tokens)) + "}"


def _id(value: UUID) -> UUID:
    """The standard library's UUID: asyncpg gives its own subclass, which is slower to compare."""
    return UUID(int=value.int)
