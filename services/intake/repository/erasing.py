"""Statements about what intake keeps of one dossier beyond its own row, and about letting go of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.commands import forget_said
from bus.database import Raw
from schemas.events.dossier import DossierKind
from services.intake.model import Tip

_SIGNAL = """
select id, sender, reference, detected_at, erased_at, exists (
  select from signal_case where signal_id = id
) and not exists (
  select from signal_case left join case_lead using (case_id) where signal_id = id and closed_at is null
) as finished
from signal where id = $1 for update of signal"""
_TIP_FINISHED = """
select exists (select from tip_case where tip_id = $1) and not exists (
  select from tip_case left join case_lead using (case_id) where tip_id = $1 and closed_at is null
)"""
_DUE = {
    "decided": """
select id, tip_no as number, desk as keeper, shown_since as ended_at from tip
where state = $3 and erased_at is null and shown_since < $1 and ($4::text is null or desk = $4)
order by shown_since, id limit $2""",
    "tip": """
select t.id, t.tip_no as number, t.desk as keeper, max(l.closed_at) as ended_at
from tip as t join tip_case as c on c.tip_id = t.id left join case_lead as l using (case_id)
where t.state = 'forwarded' and t.erased_at is null and $3::text is not null and ($4::text is null or t.desk = $4)
group by t.id having bool_and(l.closed_at is not null) and max(l.closed_at) < $1
order by 4, 1 limit $2""",
    "signal": """
select s.id, s.reference as number, s.sender as keeper, max(l.closed_at) as ended_at
from signal as s join signal_case as c on c.signal_id = s.id left join case_lead as l using (case_id)
where s.erased_at is null and $3::text is not null and ($4::text is null or s.sender = $4)
group by s.id having bool_and(l.closed_at is not null) and max(l.closed_at) < $1
order by 4, 1 limit $2""",
}
_ERASE_TIP = """
update tip set details = null, recording_ref = null, informant_ref = $2, sequence = $3, erased_at = $4 where id = $1"""


@dataclass(frozen=True, slots=True)
class SignalKept:
    """A signal as intake remembers it. `finished`: every case that grew from it, and there is one, is closed."""

    id: UUID
    sender: str
    reference: str
    detected_at: datetime
    erased_at: datetime | None
    finished: bool


async def signal_for_update(raw: Any, signal: UUID) -> SignalKept | None:
    """The signal, its row locked; None where intake took in none of this id."""
    row = await raw.fetchrow(_SIGNAL, signal)
    return None if row is None else SignalKept(**{**row, "id": UUID(int=row["id"].int)})


@dataclass(frozen=True, slots=True)
class Due:
    """A tip or signal whose time is over."""

    id: UUID
    number: str
    keeper: str
    ended_at: datetime


async def due(
    raw: Raw, kept: tuple[DossierKind, str], before: datetime, limit: int, keeper: str | None = None
) -> list[Due]:
    """At most so many dossiers of a kind and outcome that ended before an instant, the earliest first.

    Held tips are not among them. A linked tip counts from its receipt; a forwarded one, and a signal, from the closing
    of the last case that grew from it, and without a case they stay.
    """
    kind, outcome = kept
    query = _DUE[kind.value if outcome == "closed" else "decided"]
    rows = await raw.fetch(query, before, limit, outcome, keeper)
    return [Due(**{**row, "id": UUID(int=row["id"].int)}) for row in rows]


async def cases_closed(raw: Any, tip: UUID) -> bool:
    """Whether some case grew from the tip, and every one that did is closed."""
    return bool(await raw.fetchval(_TIP_FINISHED, tip))


async def erase_tip(raw: Any, tip: Tip) -> None:
    """Keep of the tip only that it was there: its block leaves the vault, and its site is no longer known."""
    await raw.execute(_ERASE_TIP, tip.id, tip.informant_ref, tip.sequence, tip.erased_at)
    await raw.execute("select ref from vault.destroy($1)", [tip.id])
    await raw.execute("delete from reported_site where tip_id = $1", tip.id)
    await forget_said(raw, tip.id)


async def erase_signal(raw: Any, signal: UUID, at: datetime) -> None:
    """Keep of the signal only that it was there."""
    await raw.execute("update signal set erased_at = $2 where id = $1", signal, at)
    await forget_said(raw, signal)


async def add_case_signals(raw: Any, pairs: list[tuple[UUID, UUID]]) -> None:
    """Remember (case, signal) pairs; a pair known already is left alone."""
    await raw.execute(
        "insert into signal_case (case_id, signal_id) select * from unnest($1::uuid[], $2::uuid[])"
        " on conflict do nothing",
        [case for case, _ in pairs],
        [signal for _, signal in pairs],
    )
