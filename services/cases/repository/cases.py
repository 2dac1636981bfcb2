"""Reads and writes of cases, a batch at a time, on the asyncpg connection of the unit of work.

Whoever changes a case or its origins holds that case's row lock first; rows are locked in the order of their ids and
inserted in the order of their groups, so that two batches wait for each other in one direction only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.database import Raw
from schemas.events.case import OriginKind
from schemas.facts import Facts
from schemas.route import Route
from services.cases.model.case import Case, State
from services.cases.model.competence import Ground
from services.cases.model.contribution import Contribution, Group

_COLUMNS = """id, case_no, subject_key, rule, rule_version, basis, lead, co, province, state, holder, claimed_at,
  sequence, hidden"""
_OPEN = "state <> 'closed' and not hidden"

_LOCK_OPEN = f"""
select {_COLUMNS} from case_file join unnest($1::bytea[], $2::text[]) g(subject_key, lead) using (subject_key, lead)
where {_OPEN} order by id for update of case_file"""  # noqa: S608 - the parts are constants of this file
_LOCK_ONE = f"select {_COLUMNS} from case_file where id = $1 for update"  # noqa: S608 - the same
_LOCK_ALL = "select from case_file where id = any($1) order by id for update"
_LOCK_GROWN_FROM = f"""
select {_COLUMNS} from case_file where id in
  (select case_id from case_origin where kind = $1 and id = any($2) and not withdrawn)
order by id for update"""  # noqa: S608 - the same
_INSERT = f"""
insert into case_file (id, case_no, subject_key, rule, basis, lead, co, province, rule_version, state, sequence)
select id, case_no, subject_key, rule, basis, lead, string_to_array(co, ' '), province, rule_version,
  '{State.PROPOSED}', 0
from unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
  $9::date[]) d(id, case_no, subject_key, rule, basis, lead, co, province, rule_version)
on conflict do nothing returning id"""  # noqa: S608 - the same
_SAVE = """
update case_file c set rule = s.rule, basis = s.basis, co = string_to_array(s.co, ' '), province = s.province,
  state = s.state, holder = s.holder, claimed_at = s.claimed_at, sequence = s.sequence, hidden = s.hidden,
  rule_version = s.rule_version
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
  $9::bigint[], $10::boolean[], $11::date[])
  s(id, rule, basis, co, province, state, holder, claimed_at, sequence, hidden, rule_version)
where c.id = s.id"""
_KNOWN_ORIGINS = """
select kind, id from case_origin join unnest($1::text[], $2::uuid[]) o(kind, id) using (kind, id)"""
_ADD_ORIGINS = """
insert into case_origin (kind, id, case_id, rule, basis, lead, co, facts, rule_version)
select kind, id, case_id, rule, basis, lead, string_to_array(co, ' '), facts, rule_version
from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
  $9::date[])
  with ordinality o(kind, id, case_id, rule, basis, lead, co, facts, rule_version, place) order by place"""
_GROUNDS = """
select case_id, rule, rule_version, basis, lead, co, facts from (
  select distinct on (case_id, rule, rule_version, basis, lead, co)
    case_id, position, rule, rule_version, basis, lead, co, facts
  from case_origin where case_id = any($1) and not withdrawn
  order by case_id, rule, rule_version, basis, lead, co, position) g
order by case_id, position"""
_WITHDRAW = "update case_origin set withdrawn = true where kind = $1 and id = any($2)"
_LOST = "select exists (select from case_claim where case_id = $1 and unit = $2 and not won)"
_RECORD_CLAIM = "insert into case_claim (case_id, unit, officer, claimed_at, won) values ($1, $2, $3, $4, $5)"


class Cases:
    """The cases as one transaction sees them."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    async def lock_open(self, groups: Collection[Group]) -> dict[Group, Case]:
        """The open cases of these groups, locked until the transaction ends; groups without one are left out."""
        ordered = sorted(groups)
        rows = await self._raw.fetch(_LOCK_OPEN, [key for key, _ in ordered], [lead for _, lead in ordered])
        return {(row["subject_key"], row["lead"]): _case(row) for row in rows}

    async def open(self, drafts: Mapping[Group, Case]) -> set[UUID]:
        """Insert new cases and return the ids of those that are in.

        Left out is one whose group another transaction opened meanwhile (after waiting for it) or whose number is
        taken.
        """
        cases = [drafts[group] for group in sorted(drafts)]
        rows = await self._raw.fetch(
            _INSERT,
            [case.id for case in cases],
            [case.case_no for case in cases],
            [case.subject_key for case in cases],
            *_route_columns([case.route for case in cases], "rule", "basis", "lead", "co"),
            [case.province for case in cases],
            [case.route.version for case in cases],
        )
        return {row["id"] for row in rows}

    async def save(self, cases: Iterable[Case]) -> None:
        """Write back cases that this transaction locked or opened."""
        rows = list(cases)
        await self._raw.execute(
            _SAVE,
            [case.id for case in rows],
            *_route_columns([case.route for case in rows], "rule", "basis", "co"),
            [case.province for case in rows],
            [case.state.value for case in rows],
            [case.holder for case in rows],
            [case.claimed_at for case in rows],
            [case.sequence for case in rows],
            [case.hidden for case in rows],
            [case.route.version for case in rows],
        )

    async def lock(self, case_id: UUID) -> Case | None:
        """One case, locked until the transaction ends; None where the id was never given to a case."""
        row = await self._raw.fetchrow(_LOCK_ONE, case_id)
        return _case(row) if row else None

    async def lock_all(self, case_ids: Collection[UUID]) -> None:
        """Lock those of these cases that exist, in the order in which every batch locks."""
        await self._raw.execute(_LOCK_ALL, list(case_ids))

    async def lock_grown_from(self, kind: OriginKind, origins: Collection[UUID]) -> list[Case]:
        """The cases that these origins contributed to, locked; an origin withdrawn before does not count."""
        return [_case(row) for row in await self._raw.fetch(_LOCK_GROWN_FROM, kind.value, list(origins))]

    async def known_origins(self, contributions: Sequence[Contribution]) -> set[tuple[str, UUID]]:
        """Which of these origins contributed before, withdrawn ones among them."""
        kinds = [contribution.origin.kind.value for contribution in contributions]
        ids = [contribution.origin.id for contribution in contributions]
        return {(row["kind"], row["id"]) for row in await self._raw.fetch(_KNOWN_ORIGINS, kinds, ids)}

    async def add_origins(self, joined: Sequence[tuple[UUID, Contribution]]) -> None:
        """Record which contribution joined which case, in the order given."""
        contributions = [contribution for _, contribution in joined]
        await self._raw.execute(
            _ADD_ORIGINS,
            [contribution.origin.kind.value for contribution in contributions],
            [contribution.origin.id for contribution in contributions],
            [case_id for case_id, _ in joined],
            *_route_columns([contribution.route for contribution in contributions], "rule", "basis", "lead", "co"),
            [contribution.facts.model_dump_json(exclude_defaults=True) for contribution in contributions],
            [contribution.route.version for contribution in contributions],
        )

    async def grounds(self, cases: Collection[UUID]) -> dict[UUID, list[Ground]]:
        """The rules that each case stands on, oldest first, one for contributions that were routed alike."""
        found: dict[UUID, list[Ground]] = {case_id: [] for case_id in cases}
        for row in await self._raw.fetch(_GROUNDS, list(cases)):
            found[row["case_id"]].append(Ground(_route(row), Facts.model_validate(row["facts"])))
        return found

    async def withdraw(self, kind: OriginKind, origins: Collection[UUID]) -> None:
        """Take these origins out of their cases for good; they stay known, so that a replay cannot add them again."""
        await self._raw.execute(_WITHDRAW, kind.value, list(origins))

    async def has_lost(self, case_id: UUID, unit: str) -> bool:
        """Whether the unit was told before that another leads this case."""
        return bool(await self._raw.fetchval(_LOST, case_id, unit))

    async def record_claim(self, case_id: UUID, unit: str, officer: str, at: datetime, *, won: bool) -> None:
        """Remember a claim: a unit has one row for a case, won or lost."""
        await self._raw.execute(_RECORD_CLAIM, case_id, unit, officer, at, won)


def _route_columns(routes: Sequence[Route], *names: str) -> list[list[str]]:
    """One array for each named column; `co` as words, for PostgreSQL's unnest would flatten arrays of arrays."""
    return [[" ".join(route.co) if name == "co" else str(getattr(route, name)) for route in routes] for name in names]


def _route(row: Any) -> Route:
    return Route(
        rule=row["rule"], version=row["rule_version"], basis=row["basis"], lead=row["lead"], co=tuple(row["co"])
    )


def _case(row: Any) -> Case:
    return Case(
        id=row["id"],
        case_no=row["case_no"],
        route=_route(row),
        subject_key=row["subject_key"],
        province=row["province"],
        state=State(row["state"]),
        holder=row["holder"],
        claimed_at=row["claimed_at"],
        sequence=row["sequence"],
        hidden=row["hidden"],
    )
