"""Statements about what intake keeps of cases, set-based."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID


async def add_case_tips(raw: Any, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """Remember (case, tip) pairs; a pair known already is left alone."""
    await raw.execute(
        "insert into tip_case (case_id, tip_id) select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing",
        [case for case, _ in pairs],
        [tip for _, tip in pairs],
    )


async def save_case_leads(raw: Any, leads: Collection[tuple[UUID, str]]) -> None:
    """Remember who leads which case; the cases must differ."""
    await raw.execute(
        """
        insert into case_lead (case_id, lead) select * from unnest($1::uuid[], $2::text[])
        on conflict (case_id) do update set lead = excluded.lead
        """,
        [case for case, _ in leads],
        [lead for _, lead in leads],
    )


async def close_cases(raw: Any, closed: Collection[tuple[UUID, datetime]]) -> None:
    """Note the closing of cases and show it to the informants of their forwarded tips; held tips show nothing new."""
    await raw.execute(
        """
        with closing as (select * from unnest($1::uuid[], $2::timestamptz[]) as given (case_id, at)),
        noted as (update case_lead set closed_at = at from closing where case_lead.case_id = closing.case_id)
        update tip set shown = 'finished', shown_since = at
        from tip_case join closing using (case_id)
        where tip.id = tip_case.tip_id and tip.state = 'forwarded'
        """,
        [case for case, _ in closed],
        [at for _, at in closed],
    )


async def leads_of_tip(raw: Any, tip_id: UUID) -> frozenset[str]:
    """The units that claimed a case which grew from the tip."""
    rows = await raw.fetch("select lead from case_lead join tip_case using (case_id) where tip_id = $1", tip_id)
    return frozenset(row["lead"] for row in rows)
