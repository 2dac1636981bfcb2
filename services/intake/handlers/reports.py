"""A desk takes in a list of reported sites, a chunk of rows a transaction.

A site that nobody listed at this desk before becomes a tip left `received`; a repeat makes none and is noted on the
first. Only lists are compared with lists, and only those of one desk: no desk learns from a count what another has,
and a tip that was held since is as if it had never been there. Sites are never fetched.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.reference.validity import vietnam_date
from schemas.reported.chunks import Chunk, Listed, SentRow
from services.intake import problems
from services.intake.forms import DeskForm, TipEnter
from services.intake.handlers.receive import drafted, receive
from services.intake.office import Office
from services.intake.receipt import Receipt
from services.intake.reported import Report, judged, site_key
from services.intake.repository import reports
from services.intake.repository.reports import FirstReport, ImportedList, Opened
from services.intake.vault import VaultBlock
from services.policy import Actor

_TURN = 25
"""Tips written down between two turns of the event loop, so that other doors keep answering."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who hands the list in: the desk's unit, and the name that its tips bear as receiver."""

    desk: str
    receiver: str


@dataclass(frozen=True, slots=True)
class _First:
    """A site that this desk did not have: its report and the id of the tip that it becomes."""

    key: bytes
    report: Report
    tip_id: UUID


@dataclass
class _Found:
    """What the rows of one chunk became."""

    firsts: list[_First] = field(default_factory=list)
    notes: dict[int, UUID] = field(default_factory=dict)
    refusals: dict[int, str] = field(default_factory=dict)


async def begin(listed: Listed, actor: Actor, uow: UnitOfWork) -> tuple[ImportedList, bool]:
    """The list as it stands at the actor's desk; True where it is begun here. The same file is the same list."""
    reading = json.dumps(listed.model_dump(mode="json", include={"format", "encoding", "columns"}), sort_keys=True)
    opened = Opened(
        id=uow.context.new_id(),
        desk=actor.unit,
        file_sha256=bytes.fromhex(listed.file_sha256),
        reading=reading,
        file_name=listed.file_name,
        started_by=actor.person,
        started_at=uow.context.clock(),
        expected=listed.rows,
    )
    return await reports.open_list(uow.raw, opened)


async def take(list_id: UUID, chunk: Chunk, hand: Hand, uow: UnitOfWork, office: Office) -> ImportedList:
    """Decide the rows that were not decided before; a chunk that is sent again changes nothing.

    Raises Refused: no such list at this desk, or rows are missing before this chunk.
    """
    current = await reports.list_for_update(uow.raw, list_id, hand.desk)
    if current is None:
        raise Refused(problems.LIST_UNKNOWN)
    if chunk.after > current.last_line:
        raise Refused(problems.rows_missing(current.last_line), "/after")
    if current.finished_at is not None:
        return current
    fresh = [row for row in chunk.rows if row.number > current.last_line]
    found = await _sorted(fresh, current, uow, office)
    await _write(found, current, hand, uow, office)
    changed = _advanced(current, found, fresh, uow.context.clock() if chunk.last else None)
    await reports.save_list(uow.raw, changed)
    return changed


async def _sorted(rows: Sequence[SentRow], current: ImportedList, uow: UnitOfWork, office: Office) -> _Found:
    now = uow.context.clock()
    provinces = frozenset(province.code for province in office.book.provinces_at(vietnam_date(now)))
    found, told = _Found(), []
    for row in rows:
        report = judged(row, now, provinces)
        if isinstance(report, str):
            found.refusals[row.number] = report
        else:
            told.append((site_key(office.pepper, current.desk, report.site), report))
    known = await reports.known_sites(uow.raw, current.desk, [key for key, _ in told])
    for key, report in told:
        if key in known:
            found.notes[report.line] = known[key]
        else:
            known[key] = uow.context.new_id()
            found.firsts.append(_First(key, report, known[key]))
    return found


async def _write(found: _Found, current: ImportedList, hand: Hand, uow: UnitOfWork, office: Office) -> None:
    await uow.create_keys([first.tip_id for first in found.firsts])
    stored: list[FirstReport] = []
    for first in found.firsts:
        entry = TipEnter(form=_placed(first.report, current), desk=hand.desk, receiver=hand.receiver)
        stored.append(await _received(first, entry, current, uow, office))
        if len(stored) % _TURN == 0:
            await asyncio.sleep(0)
    await reports.add_reports(uow.raw, current.id, stored)
    await reports.add_notes(uow.raw, current.id, found.notes)
    await reports.add_refusals(uow.raw, current.id, found.refusals)


def _placed(report: Report, current: ImportedList) -> DeskForm:
    """The form, saying in which file and line the report is written down."""
    return report.form.model_copy(update={"recording_ref": f"{current.file_name}:{report.line}"})


async def _received(
    first: _First, entry: TipEnter, current: ImportedList, uow: UnitOfWork, office: Office
) -> FirstReport:
    tip = await receive(drafted(entry, uow.context.clock(), first.tip_id, office), entry.form, uow, office)
    # Nobody is given this receipt; it keeps the column's promise that every tip has one of its own.
    receipt = Receipt.derive(office.pepper, f"/lists/{current.id}", str(first.report.line))
    sealed = office.vault.seal(tip.id, VaultBlock(content=entry.form.content, informant=entry.form.informant))
    return FirstReport(first.key, first.report.line, tip, receipt.hash, sealed)


def _advanced(current: ImportedList, found: _Found, rows: Sequence[SentRow], finished: datetime | None) -> ImportedList:
    return replace(
        current,
        finished_at=finished,
        last_line=rows[-1].number if rows else current.last_line,
        read=current.read + len(rows),
        taken=current.taken + len(found.firsts),
        linked=current.linked + len(found.notes),
        refused=current.refused + len(found.refusals),
    )
