"""A hundred thousand cases, quickly: the projection tells a few hundred, and PostgreSQL copies the rows that it wrote.

A copy has ids of its own for the case, its events and what it grew from, and lies some days earlier. As every row
begins as one of the projection's, its shape cannot be another; `drifted` proves it of what the list is filtered by.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from builders import FACTS, PERSONAL, ROUTE, example
from bus.database import Raw
from bus.identity import system_clock
from case_builders import book, numbered
from console_board import Board
from console_builders import told
from infra.stack.testing import TestDatabase
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed, CaseSignalAdded, Origin, OriginKind
from schemas.facts import Place
from schemas.views import View
from services.console.model.sight import sights
from services.console.repository import origins, timelines
from services.console.repository import sights as seen

VIEWER = "qltt-79"
"""The unit that may see every one of the cases."""
OTHERS = ("customs-79", "tax-79", "ca-79", "bcd-79", "customs-hq", "bdbp-20")
TEMPLATES, DAYS = 200, 540
_COPIES = """
create temp table copy on commit drop as
select id as template, uuidv7(-ago) as id, ago
from case_row cross join lateral (
  select random() * interval '{days} days' as ago from generate_series(1, {each}) where case_row.id is not null
) as earlier"""
_ROOTS = """
create temp table root on commit drop as
select distinct c.id as case_id, e.origin as template, md5(c.id::text || e.origin::text)::uuid as id
from copy as c join timeline_entry as e on e.case_id = c.template where e.origin is not null"""
_ENTRIES = """
insert into timeline_entry (case_id, event_id, kind, acttime, recordedtime, audience, origin, headers, payload)
select c.id, n.event_id, e.kind, e.acttime - c.ago, e.recordedtime - c.ago, e.audience, r.id,
  replace(replace(e.headers::text, e.case_id::text, c.id::text), e.event_id, n.event_id)::jsonb,
  case when r.id is null then e.payload else
    convert_to(replace(convert_from(e.payload, 'UTF8'), r.template::text, r.id::text), 'UTF8') end
from copy as c join timeline_entry as e on e.case_id = c.template
  left join root as r on r.case_id = c.id and r.template = e.origin
  cross join lateral (select md5(c.id::text || e.event_id)::uuid::text as event_id) as n
order by c.ago desc"""
_SIGHTS = """
insert into sight (unit, case_id, state, touched, change, labels, part)
select s.unit, c.id, s.state, s.touched - c.ago, seen.change, s.labels, s.part
from copy as c join sight as s on s.case_id = c.template cross join lateral (
  select max(e.change) as change from timeline_entry as e where e.case_id = c.id and e.audience ? s.unit) as seen"""
_STATEMENTS = (
    _ROOTS,
    "insert into case_row (id) select id from copy",
    "insert into origin (id) select id from root",
    _ENTRIES,
    "update case_row set change = (select max(change) from timeline_entry where case_id = id) where change = 0",
    _SIGHTS,
)
_KEPT = "select unit, case_id, state, touched, change, labels, part from sight where case_id = any($1) order by 1, 2"


async def gather(board: Board, database: TestDatabase, cases: int, seed: int) -> None:
    """Fill the emptied tables of the board with so many cases, all of them seen by `VIEWER`."""
    chance = random.Random(seed)
    await board.tell(*[event for number in range(1, TEMPLATES + 1) for event in _template(number, chance)])
    administrator = await database.connect("postgres")
    # A stack for tests commits asynchronously, and nothing that is not yet on disk is marked as seen by everybody.
    await administrator.execute("set search_path to console; set synchronous_commit to on")
    async with administrator.transaction():
        # A service's role may make no temporary tables.
        await administrator.execute(_COPIES.format(each=cases // TEMPLATES - 1, days=DAYS))
        for statement in _STATEMENTS:
            await administrator.execute(statement)
    # What autovacuum does within a minute of such a load.
    await administrator.execute("vacuum (analyze) sight, timeline_entry, case_row, origin")
    await administrator.close()


async def drifted(board: Board, count: int, seed: int) -> list[UUID]:
    """Those of so many random cases whose rows of the list are not the ones that the projection makes of them."""
    chance = random.Random(seed)
    async with board.units.begin() as uow:
        every = [row["id"] for row in await uow.raw.fetch("select id from case_row order by id")]
        chosen = chance.sample(every, count)
        before = await _kept(uow.raw, chosen)
        told_again = await timelines.entries(uow.raw, chosen)
        await seen.replace(uow.raw, chosen, sights(told_again, await origins.roots(uow.raw, chosen)))
        after = await _kept(uow.raw, chosen)
    return [case for case in chosen if before.get(case) != after.get(case)]


async def _kept(raw: Raw, cases: Sequence[UUID]) -> dict[UUID, list[tuple[Any, ...]]]:
    found: dict[UUID, list[tuple[Any, ...]]] = {}
    for row in await raw.fetch(_KEPT, cases):
        found.setdefault(row["case_id"], []).append(tuple(row))
    return found


def _template(number: int, chance: random.Random) -> Iterator[Event[Any]]:
    """A case of one to four events, of any place and stage, in any state."""
    case, units = numbered(number), [VIEWER, *chance.sample(OTHERS, 3)]
    views = (View.FULL, View.FULL, View.FIELDS, View.POINTER)
    audience = dict(zip(units, chance.choices(views, k=len(units)), strict=True))
    lead, *co = chance.sample(units, 3)
    route = ROUTE.model_copy(update={"lead": lead, "co": tuple(co)})
    moment = system_clock() - timedelta(minutes=chance.randrange(60 * 24))
    for step in range(chance.choice((1, 1, 2))):
        origin = Origin(kind=chance.choice(list(OriginKind)), id=numbered(1000 * (step + 1) + number), sender=units[1])
        kind = CaseProposed if step == 0 else CaseSignalAdded
        data = example(kind, origin=origin, route=route, facts=_facts(chance), personal={origin.id: PERSONAL})
        yield told(data, case, step + 1, audience, acttime=moment, recordedtime=moment)
    later = (
        (0.6, example(CaseClaimed, holder=lead, claimed_by=lead, offered=tuple(co))),
        (0.4, example(CaseClosed, holder=lead, closed_by=lead)),
    )
    for share, fact in later:
        if chance.random() > share:
            return
        yield told(fact, case, 5, audience, acttime=moment, recordedtime=moment)


def _facts(chance: random.Random) -> Any:
    day = date.today()  # noqa: DTZ011 - any day of this year has the same provinces and stages
    province = chance.choice([one.code for one in book().provinces_at(day)])
    stages = chance.sample([one.code for one in book().terms_at("stages", day)], 2)
    return FACTS.model_copy(update={"place": Place(province=province), "stages": tuple(stages)})
