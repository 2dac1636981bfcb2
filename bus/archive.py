"""Passed partitions of the outbox move to its archive, without stopping writers. The archive is never dropped.

A partition is passed when the relay's saved cursor has all of it behind it. It leaves by DETACH CONCURRENTLY, which can
be part of no transaction: an interruption leaves a partition that is half detached, or detached and not yet archived,
and the next call goes on from there. Who reads outbox and archive together asks `settled` first.
"""

import structlog

from bus.database import Database, Raw

_LOCK = "select pg_try_advisory_lock(hashtextextended(current_schema() || '.outbox_archive', 0))"
_UNLOCK = "select pg_advisory_unlock(hashtextextended(current_schema() || '.outbox_archive', 0))"
_SHARE = "select pg_try_advisory_xact_lock_shared(hashtextextended(current_schema() || '.outbox_archive', 0))"
_PARTITIONS = """
select c.relname as name, i.inhdetachpending as pending,
  (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''(\\d+)''\\)'))[1]::bigint as beyond
from pg_inherits as i join pg_class as c on c.oid = i.inhrelid where i.inhparent = 'outbox'::regclass order by 3
"""
# A detached partition keeps its bounds as a CHECK. It tells where the table belongs, and spares the attachment a walk
# through all rows.
_LOOSE = """
select c.relname as name,
  max((regexp_match(pg_get_constraintdef(k.oid), 'id >= ''?(\\d+)'))[1]::bigint) as first,
  max((regexp_match(pg_get_constraintdef(k.oid), 'id < ''?(\\d+)'))[1]::bigint) as beyond
from pg_class as c left join pg_constraint as k on k.conrelid = c.oid and k.contype = 'c'
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and not c.relispartition
  and c.relname ~ '^outbox_[0-9]+$'
group by c.relname order by 2
"""
# Ids up to this one are sent, or will never be: a gap that is still open may yet fill.
_PASSED = (
    "select least(high, (select min(gap) - 1 from unnest(gaps) as gap)) from outbox_cursor where outbox = 'outbox'"
)

_ARCHIVED = """
select c.relname::text from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
where i.inhparent = 'outbox_archive'::regclass order by length(c.relname), c.relname
"""

log = structlog.get_logger(__name__)


async def archive_passed(database: Database) -> list[str]:
    """Move every passed partition of the outbox to the archive, oldest first; returns the names of those moved.

    Nothing happens while another process does the same. Raises a passing error where a transaction of others lasts too
    long: what is begun is finished by the next call.
    """
    async with database.autocommit() as raw:
        if not await raw.fetchval(_LOCK):
            return []
        try:
            await _detach(raw)
            return await _attach(raw)
        finally:
            if not raw.is_closed():
                await raw.execute(_UNLOCK)


async def archived(database: Database) -> list[str]:
    """The partitions in the archive, oldest first."""
    async with database.autocommit() as raw:
        return [row[0] for row in await raw.fetch(_ARCHIVED)]


async def settled(raw: Raw) -> bool:
    """Whether outbox and archive hold every partition between them, and will until this transaction ends."""
    if not await raw.fetchval(_SHARE):
        return False
    pending = any(row["pending"] for row in await raw.fetch(_PARTITIONS))
    return not pending and not await raw.fetch(_LOOSE)


async def _detach(raw: Raw) -> None:
    passed = await raw.fetchval(_PASSED)
    for row in await raw.fetch(_PARTITIONS):
        if row["pending"]:
            await raw.execute(f'alter table outbox detach partition "{row["name"]}" finalize')
        elif row["beyond"] - 1 <= passed:
            await raw.execute(f'alter table outbox detach partition "{row["name"]}" concurrently')


async def _attach(raw: Raw) -> list[str]:
    moved = []
    for name, first, beyond in await raw.fetch(_LOOSE):
        if first is None or beyond is None:
            raise ValueError(f"{name} has no bounds: it is no former partition of the outbox")
        await raw.execute(
            f'alter table outbox_archive attach partition "{name}" for values from ({first}) to ({beyond})'
        )
        log.info("outbox_partition_archived", partition=name, first=first, last=beyond - 1)
        moved.append(name)
    return moved
