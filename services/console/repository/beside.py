"""A second set of a projection's tables in a schema beside the live one, and changing places with it."""

import re

from bus.database import Raw
from services.console.model.projections import Projection

LIVE, NEXT, FORMER = "console", "console_next", "console_former"
"""Schemas: what is read, what is being made, and what was read before."""

_CONSTRAINTS = """
select conname::text as name, pg_get_constraintdef(oid) as said from pg_constraint
where conrelid = $1::regclass and contype in ('p', 'u', 'c', 'f') order by contype = 'f', conname
"""
_INDEXES = """
select pg_get_indexdef(i.indexrelid) as said from pg_index as i
where i.indrelid = $1::regclass and not exists (select from pg_constraint as c where c.conindid = i.indexrelid)
order by i.indexrelid
"""
_OPTIONS = "select array_to_string(reloptions, ', ') from pg_class where oid = $1::regclass"
_SORTED = re.compile(r"^sorted\((\w+)\)$")
_MOVED = ("consumer_offset", "seen", "parked_event", "parked_key", "parked_left")


async def drop(raw: Raw, projection: Projection, schema: str) -> None:
    """Forget the tables of a projection in `NEXT` or `FORMER`. Raises ValueError for the live ones."""
    if schema == LIVE:
        raise ValueError("what is live is not dropped")
    for table in reversed(tuple(projection.tables)):
        await raw.execute(f"drop table if exists {schema}.{table}")


async def make(raw: Raw, projection: Projection) -> None:
    """Empty tables in `NEXT` that are as the live ones: columns, constraints and indexes under the same names.

    The search path of the transaction is `NEXT` afterwards, so that what refers to a table refers to the new one.
    """
    for table in projection.tables:
        live = f"{LIVE}.{table}"
        await raw.execute(f"set local search_path = {LIVE}")
        constraints = await raw.fetch(_CONSTRAINTS, live)
        found = await raw.fetch(_INDEXES, live)
        indexes = [row["said"].replace(f" ON {live} ", f" ON {NEXT}.{table} ") for row in found]
        options = await raw.fetchval(_OPTIONS, live)
        await raw.execute(f"set local search_path = {NEXT}")
        await raw.execute(f"create table {NEXT}.{table} (like {live} including defaults including storage)")
        if options:
            await raw.execute(f"alter table {NEXT}.{table} set ({options})")
        for row in constraints:
            await raw.execute(f'alter table {NEXT}.{table} add constraint "{row["name"]}" {row["said"]}')
        for statement in indexes:
            await raw.execute(statement)


async def fingerprint(raw: Raw, projection: Projection, schema: str) -> str:
    """A hash of all content in a schema: the same for the same content, however and whenever it was written."""
    found = [await raw.fetchval(_hash(schema, table, columns)) for table, columns in projection.tables.items()]
    return str(await raw.fetchval("select md5($1)", ":".join(found)))


async def swap(raw: Raw, projection: Projection, come: str, go: str) -> None:
    """The tables in `come` are live from the commit on, those that were are in `go`. Waits for who reads or writes."""
    names = ", ".join(f"{schema}.{table}" for table in projection.tables for schema in (LIVE, come))
    await raw.execute(f"lock table {names} in access exclusive mode")
    for table in projection.tables:
        await raw.execute(f"alter table {LIVE}.{table} set schema {go}")
    for table in projection.tables:
        await raw.execute(f"alter table {come}.{table} set schema {LIVE}")


async def rename_group(raw: Raw, old: str, new: str) -> None:
    """What a group has read and parked becomes another's; what that one had is forgotten."""
    for table in _MOVED:
        await raw.execute(f"delete from {LIVE}.{table} where grp = $1", new)  # noqa: S608 - names of this file
        await raw.execute(f"update {LIVE}.{table} set grp = $2 where grp = $1", old, new)  # noqa: S608 - names of this file


async def forget_group(raw: Raw, group: str) -> None:
    """Forget what a group has read and parked."""
    for table in _MOVED:
        await raw.execute(f"delete from {LIVE}.{table} where grp = $1", group)  # noqa: S608 - names of this file


def _hash(schema: str, table: str, columns: tuple[str, ...]) -> str:
    content = ", ".join(_column(one) for one in columns)
    return (
        "select md5(coalesce(string_agg(md5(one::text), '' order by md5(one::text)), '')) "  # noqa: S608 - names of this file
        f"from (select {content} from {schema}.{table} as t) as one"
    )


def _column(said: str) -> str:
    array = _SORTED.match(said)
    return f"(select array_agg(e order by e) from unnest(t.{array[1]}) as e)" if array else f"t.{said}"  # noqa: S608 - names of this file
