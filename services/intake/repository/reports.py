"""Statements about lists of reported sites, set-based: one for any number of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from bus.errors import Transient
from services.intake.model import Tip

_COLUMNS = "id, desk, file_name, started_by, started_at, finished_at, expected, last_line, read, taken, linked, refused"
_BEGIN = """
insert into imported_list (id, desk, file_sha256, reading, file_name, started_by, started_at, expected)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing
"""
_ADD_TIPS = """
insert into tip (id, tip_no, desk, channel, received_at, state, shown, shown_since, facts, informant_ref, receiver,
  recording_ref, language, urgent, wants_feedback, details, sequence, receipt_hash)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[],
  $8::timestamptz[], $9::jsonb[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bool[], $15::bool[],
  $16::bytea[], $17::bigint[], $18::bytea[])
"""
_KNOWN = """
select site_key, tip_id from reported_site join tip on tip.id = tip_id
where reported_site.desk = $1 and site_key = any($2::bytea[]) and tip.state <> 'held'
"""
_FIRST = """
insert into reported_site (desk, site_key, tip_id, list_id, line)
select $1, given.* from unnest($2::bytea[], $3::uuid[], $4::uuid[], $5::bigint[]) as given
on conflict (desk, site_key)
  do update set tip_id = excluded.tip_id, list_id = excluded.list_id, line = excluded.line
"""
_NOTES = """
select line, file_name, started_at from report_note join imported_list on imported_list.id = list_id
where tip_id = $1 order by started_at, line limit $2
"""
_REFUSALS = "select line, reason from report_refusal where list_id = $1 and line > $2 order by line limit $3"


@dataclass(frozen=True, slots=True)
class ImportedList:
    """One list at one desk and how far it is; `last_line` is the last that was decided."""

    id: UUID
    desk: str
    file_name: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    expected: int
    last_line: int
    read: int
    taken: int
    linked: int
    refused: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A list as it is begun: the file by its hash, and the way it is read as canonical text."""

    id: UUID
    desk: str
    file_sha256: bytes
    reading: str
    file_name: str
    started_by: str
    started_at: datetime
    expected: int


@dataclass(frozen=True, slots=True)
class FirstReport:
    """A report that became a tip: its site by a keyed hash, where it stood, and the hash of its unread receipt."""

    site_key: bytes
    line: int
    tip: Tip
    receipt_hash: bytes
    sealed: bytes


async def open_list(raw: Any, opened: Opened) -> tuple[ImportedList, bool]:
    """The list of this desk, file and reading; True where it was begun here and now."""
    values = (opened.id, opened.desk, opened.file_sha256, opened.reading, opened.file_name)
    done = await raw.execute(_BEGIN, *values, opened.started_by, opened.started_at, opened.expected)
    row = await raw.fetchrow(
        f"select {_COLUMNS} from imported_list where desk = $1 and file_sha256 = $2 and reading = $3",  # noqa: S608 - constants of this file
        *(opened.desk, opened.file_sha256, opened.reading),
    )
    return ImportedList(**row), done.endswith("1")


async def list_for_update(raw: Any, list_id: UUID, desk: str) -> ImportedList | None:
    """The list, its row locked, after the desk's turn was taken: one chunk of a desk at a time finds what is known."""
    await raw.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"reported_site {desk}")
    row = await raw.fetchrow(
        f"select {_COLUMNS} from imported_list where id = $1 and desk = $2 for update",  # noqa: S608 - the same
        *(list_id, desk),
    )
    return None if row is None else ImportedList(**row)


async def find_list(raw: Any, list_id: UUID, desk: str) -> ImportedList | None:
    """The list as it stands, where this desk imported it."""
    row = await raw.fetchrow(
        f"select {_COLUMNS} from imported_list where id = $1 and desk = $2",  # noqa: S608 - the same
        *(list_id, desk),
    )
    return None if row is None else ImportedList(**row)


async def lists_at_desk(raw: Any, desk: str, before: UUID | None, limit: int) -> list[ImportedList]:
    """The desk's lists, the newest first."""
    rows = await raw.fetch(
        f"select {_COLUMNS} from imported_list where desk = $1 and ($2::uuid is null or id < $2) "  # noqa: S608 - the same
        "order by id desc limit $3",
        *(desk, before, limit),
    )
    return [ImportedList(**row) for row in rows]


async def save_list(raw: Any, changed: ImportedList) -> None:
    """Write back how far the list is."""
    await raw.execute(
        """
        update imported_list
        set finished_at = $2, last_line = $3, read = $4, taken = $5, linked = $6, refused = $7 where id = $1
        """,
        *(changed.id, changed.finished_at, changed.last_line),
        *(changed.read, changed.taken, changed.linked, changed.refused),
    )


async def known_sites(raw: Any, desk: str, keys: Sequence[bytes]) -> dict[bytes, UUID]:
    """The tip of each site that was reported to this desk in a list. A tip that was held since is not among them."""
    return {row["site_key"]: row["tip_id"] for row in await raw.fetch(_KNOWN, desk, keys)}


async def add_reports(raw: Any, list_id: UUID, firsts: Sequence[FirstReport]) -> None:
    """Store new tips of one desk with what was said of them.

    Raises Transient where a number is taken: sent again, the rows get other numbers.
    """
    if not firsts:
        return
    tips = [first.tip for first in firsts]
    try:
        await raw.execute(_ADD_TIPS, *_columns(tips), [first.receipt_hash for first in firsts])
    except asyncpg.UniqueViolationError as error:
        raise Transient("a tip of one of these numbers exists: sent again, they get others") from error
    await raw.execute(
        "select vault.deposit(ref, sealed) from unnest($1::uuid[], $2::bytea[]) as given (ref, sealed)",
        [tip.id for tip in tips],
        [first.sealed for first in firsts],
    )
    await raw.execute(
        _FIRST,
        tips[0].desk,
        [first.site_key for first in firsts],
        [tip.id for tip in tips],
        [list_id] * len(firsts),
        [first.line for first in firsts],
    )


async def add_notes(raw: Any, list_id: UUID, notes: Mapping[int, UUID]) -> None:
    """Note lines on the tips that their sites have already."""
    await raw.execute(
        "insert into report_note (list_id, line, tip_id) select $1, * from unnest($2::bigint[], $3::uuid[])",
        *(list_id, list(notes), list(notes.values())),
    )


async def add_refusals(raw: Any, list_id: UUID, refusals: Mapping[int, str]) -> None:
    """Note why lines were refused."""
    await raw.execute(
        "insert into report_refusal (list_id, line, reason) select $1, * from unnest($2::bigint[], $3::text[])",
        *(list_id, list(refusals), list(refusals.values())),
    )


async def refusals(raw: Any, list_id: UUID, after: int, limit: int) -> list[tuple[int, str]]:
    """Refused lines past a number, in the order of the file."""
    return [(row["line"], row["reason"]) for row in await raw.fetch(_REFUSALS, list_id, after, limit)]


async def notes_of(raw: Any, tip_id: UUID, limit: int) -> list[tuple[str, int, datetime]]:
    """Where the site of a tip was reported again: name of the file, line, and when its import began."""
    return [(row["file_name"], row["line"], row["started_at"]) for row in await raw.fetch(_NOTES, tip_id, limit)]


def _columns(tips: Sequence[Tip]) -> tuple[list[Any], ...]:
    rows = (
        (
            *(tip.id, tip.tip_no, tip.desk, tip.channel.value, tip.received_at),
            *(tip.state.value, tip.shown.value, tip.shown_since, tip.facts.model_dump_json(), tip.informant_ref),
            *(tip.receiver, tip.recording_ref, tip.language, tip.urgent, tip.wants_feedback, tip.details, tip.sequence),
        )
        for tip in tips
    )
    return tuple(list(column) for column in zip(*rows, strict=True))
