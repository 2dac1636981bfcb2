"""Partitions of an outbox, made before they are needed, without stopping its writers."""

import structlog

from bus.database import Database, Raw

AHEAD = 2

_STATE = """
select coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass), 0) as last,
  array_agg((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''(\\d+)''\\)'))[1]::bigint) as ends
from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
where i.inhparent = $1::regclass and not i.inhdetachpending
"""

log = structlog.get_logger(__name__)


async def ensure_partitions(
    database: Database, table: str = "outbox", *, ahead: int = AHEAD, rows: int = 5_000_000
) -> int:
    """Make partitions until `ahead` of them lie wholly beyond the last id drawn; returns how many were missing.

    Two callers at once do the work once; who waits long for the other gets a passing error. Each new partition holds
    `rows` ids and is named by its first.
    """
    async with database.transaction() as transaction:
        # A partition that is being detached holds the lock for as long as the oldest transaction runs.
        await transaction.raw.execute("set local lock_timeout = '500ms'")
        # Conflicts with itself and with other changes of the table, never with those who write or read it.
        await transaction.raw.execute(f'lock table "{table}" in share update exclusive mode')
        last, ends = await _state(transaction.raw, table)
        present = _present(last, ends)
        for number in range(max(ahead - present, 0)):
            await _add(transaction.raw, table, ends[-1] + number * rows, rows)
    if present < ahead:
        log.warning("outbox_partitions_made", table=table, ahead=present, made=ahead - present)
    return max(ahead - present, 0)


async def ahead(database: Database, table: str = "outbox") -> int:
    """How many partitions lie wholly beyond the last id drawn."""
    async with database.autocommit() as raw:
        return await ahead_of(raw, table)


async def ahead_of(raw: Raw, table: str = "outbox") -> int:
    """The same, in a transaction of the caller's."""
    return _present(*await _state(raw, table))


def _present(last: int, ends: list[int]) -> int:
    return sum(end > last + 1 for end in ends) - 1


async def _state(raw: Raw, table: str) -> tuple[int, list[int]]:
    row = await raw.fetchrow(_STATE, table)
    if row is None or not row["ends"]:
        raise ValueError(f"{table} has no partitions")
    return row["last"], sorted(row["ends"])


async def _add(raw: Raw, table: str, first: int, rows: int) -> None:
    """Attach, not `create … partition of`: that would lock out every writer of the table."""
    name = f'"{table}_{first}"'
    await raw.execute(
        f'create table {name} (like "{table}" including defaults including constraints including indexes)'
    )
    await raw.execute(f'alter table "{table}" attach partition {name} for values from ({first}) to ({first + rows})')
