"""Passed partitions of the outbox move to its archive, without stopping writers. The archive is never dropped.

A partition is passed when the relay's saved cursor has all of it behind it. It leaves the outbox by DETACH CONCURRENTLY,
which cannot be part of a transaction: who is interrupted leaves a partition that is half detached, or detached and not
yet archived, and the next call takes it from there. Whoever reads outbox and archive together does so under `whole`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bus.database import Database, Raw

_LOCK = "select pg_try_advisory_lock(hashtextextended(current_schema() || '.outbox_archive', 0))"
_UNLOCK = "select pg_advisory_unlock(hashtextextended(current_schema() || '.outbox_archive', 0))"
_SHARE = "select pg_try_advisory_xact_lock_shared(hashtextextended(current_schema() || '.outbox_archive', 0))"
_PARTITIONS = """
select c.relname as name, i.inhdetachpending as pending,
  (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''(\\d+)''\\)'))[1]::bigint as first,
  (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''(\\d+)''\\)'))[1]::bigint as last
from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
where i.inhparent = 'outbox'::regclass order by 3
"""
# A CHECK of the partition's bounds stays on a table that was detached: it tells where the table belongs, and spares the
# attachment a walk through its rows.
_LOOSE = """
select c.relname as name from pg_class as c
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and not c.relispartition
  and c.relname ~ '^outbox_[0-9]+$' order by length(c.relname), c.relname
"""
_BOUNDS = """
select pg_get_constraintdef(oid) from pg_constraint
where conrelid = $1::regclass and contype = 'c' and pg_get_constraintdef(oid) ~ 'id >= ' and
  pg_get_constraintdef(oid) ~ 'id < '
"""
_DONE = "select least(high, (select min(gap) - 1 from unnest(gaps) as gap)) from outbox_cursor where outbox = 'outbox'"

log = structlog.get_logger(__name__)
