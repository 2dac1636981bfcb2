"""Statements about the end of a case, and of what it grew from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bus.commands import forget_said
from bus.database import Raw
from services.cases.model.case import State

_LOCK_GROWN = """
select id from case_file where id in (select case_id from case_origin where id = any($1::uuid[]))
order by id for update"""
_NOTE = "update case_origin set erased = true where id = any($1::uuid[]) and not erased"
# The hash of a subject stays as long as something lasts that told of that subject.
_FORGET_SUBJECTS = """
update case_file as c set subject_key = null where id = any($1::uuid[]) and subject_key is not null
  and not exists (select from case_origin as o where o.case_id = c.id and not o.erased)"""
_FOUND = """
select id, case_no, coalesce(holder, lead) as keeper, state, claimed_at, sequence, hidden, erased_at
from case_file where id = $1 for update"""
_ERASE = "update case_file set erased_at = $2, sequence = $3, subject_key = null where id = $1"


@dataclass(frozen=True, slots=True)
class CaseKept:
    """A case as the law on personal data asks about it; `keeper` leads it, or would by its rule."""

    id: UUID
    case_no: str
    keeper: str
    state: State
    claimed_at: datetime | None
    sequence: int
    hidden: bool
    erased_at: datetime | None


async def forget_origins(raw: Raw, origins: Collection[UUID]) -> None:
    """These tips and signals were erased: a case of which all else was erased too forgets whom it was about."""
    cases = [row["id"] for row in await raw.fetch(_LOCK_GROWN, list(origins))]
    await raw.execute(_NOTE, list(origins))
    await raw.execute(_FORGET_SUBJECTS, cases)


async def case_for_update(raw: Raw, case: UUID) -> CaseKept | None:
    """The case, its row locked; None where there is none."""
    row = await raw.fetchrow(_FOUND, case)
    return None if row is None else CaseKept(**{**row, "id": UUID(int=row["id"].int), "state": State(row["state"])})


async def erase_case(raw: Raw, case: UUID, at: datetime, sequence: int) -> None:
    """Keep of the case that it was there, how it went and whose acts those were."""
    await raw.execute(_ERASE, case, at, sequence)
    await forget_said(raw, case)
