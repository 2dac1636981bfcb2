"""Statements about tips, raw asyncpg on the connection that is given."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from bus.errors import Refused, Transient
from schemas.events.tip import Channel
from schemas.facts import Facts
from schemas.problems import ID_REUSED
from schemas.route import Document, Route
from services.intake.model import Shown, Tip, TipState

_COLUMNS = (
    "id, tip_no, desk, channel, received_at, state, shown, shown_since, facts, informant_ref, receiver, "
    "recording_ref, language, urgent, wants_feedback, details, sequence, named_units, integrity_id, linked_to, "
    "route, document, erased_at"
)
_PLACES = ", ".join(f"${number}" for number in range(1, 25))
_ADD = f"insert into tip ({_COLUMNS}, receipt_hash) values ({_PLACES})"  # noqa: S608 - constants of this file
_SEEN = _COLUMNS.replace(
    "linked_to", "(select o.id from tip as o where o.id = tip.linked_to and o.state <> 'held') as linked_to"
)
"""As a desk may see it: a link to a tip that was held since leads nowhere."""
_GET = f"select {_COLUMNS} from tip where id = $1"  # noqa: S608 - the same
_SAVE = """
update tip set state = $2, shown = $3, shown_since = $4, facts = $5, sequence = $6, named_units = $7,
  integrity_id = $8, linked_to = $9, route = $10, document = $11, details = $12
where id = $1
"""
_FIND = f"select {_SEEN} from tip where id = $1"  # noqa: S608 - the same
_LIST = f"""
select {_SEEN} from tip
where desk = $1 and state <> 'held' and ($2::text is null or state = $2) and ($3::uuid is null or id > $3)
order by id limit $4
"""  # noqa: S608 - the same
_HELD = f"""
select {_COLUMNS} from tip where state = 'held' and ($1::uuid is null or id > $1) order by id limit $2
"""  # noqa: S608 - the same
# A linked tip is as far as the one it was linked to, once that one went on. What a tip shows is frozen when it is
# held, so a hold changes nothing here either.
_STATUS = """
select case when other.shown in ('forwarded', 'finished') then other.shown else tip.shown end as shown,
       case when other.shown in ('forwarded', 'finished') then other.shown_since else tip.shown_since end as since
from tip left join tip as other
  on tip.state = 'linked' and other.id = tip.linked_to
where tip.receipt_hash = $1
"""


async def add_tip(raw: Any, tip: Tip, receipt_hash: bytes) -> None:
    """Store a new tip.

    Raises Refused (id-reused) where its receipt is taken: the key of a form that is older than answers are kept. Raises
    Transient where its number is taken: the same request gets another number.
    """
    try:
        await raw.execute(_ADD, *_values(tip), receipt_hash)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "tip_receipt_hash_key":
            raise Refused(ID_REUSED.problem(), "/id") from error
        raise Transient(f"a tip of the number {tip.tip_no} exists: sent again, this one gets another") from error


async def tip_for_update(raw: Any, tip_id: UUID) -> Tip | None:
    """The tip, its row locked: events about it are numbered under this lock."""
    row = await raw.fetchrow(f"{_GET} for update", tip_id)
    return None if row is None else _tip(row)


async def find_tip(raw: Any, tip_id: UUID) -> Tip | None:
    """The tip as it stands, a link to a held tip left out."""
    row = await raw.fetchrow(_FIND, tip_id)
    return None if row is None else _tip(row)


async def save_tip(raw: Any, tip: Tip) -> None:
    """Write back what a desk command may change."""
    await raw.execute(
        _SAVE,
        tip.id,
        tip.state.value,
        tip.shown.value,
        tip.shown_since,
        tip.facts.model_dump_json(),
        tip.sequence,
        list(tip.named_units),
        tip.integrity_id,
        tip.linked_to,
        _json(tip.route),
        _json(tip.document),
        tip.details,
    )


async def tips_at_desk(raw: Any, desk: str, state: str | None, after: UUID | None, limit: int) -> list[Tip]:
    """The desk's tips in the order of their ids, which is the order of receipt; held ones are not among them."""
    return [_tip(row) for row in await raw.fetch(_LIST, desk, state, after, limit)]


async def held_tips(raw: Any, after: UUID | None, limit: int) -> list[Tip]:
    """Held tips of every desk in the order of receipt: for the integrity route alone."""
    return [_tip(row) for row in await raw.fetch(_HELD, after, limit)]


async def status(raw: Any, receipt_hash: bytes) -> tuple[Shown, datetime] | None:
    """What the informant is shown, and since when; None for a receipt that was never given."""
    row = await raw.fetchrow(_STATUS, receipt_hash)
    return None if row is None else (Shown(row["shown"]), row["since"])


async def deposit(raw: Any, tip_id: UUID, sealed: bytes) -> None:
    """Into the vault by its insert-only function, in this transaction; a second block for a tip is refused."""
    await raw.execute("select vault.deposit($1, $2)", tip_id, sealed)


def _values(tip: Tip) -> tuple[Any, ...]:
    return (
        *(tip.id, tip.tip_no, tip.desk, tip.channel.value, tip.received_at),
        *(tip.state.value, tip.shown.value, tip.shown_since, tip.facts.model_dump_json(), tip.informant_ref),
        *(tip.receiver, tip.recording_ref, tip.language, tip.urgent, tip.wants_feedback, tip.details),
        *(tip.sequence, list(tip.named_units), tip.integrity_id, tip.linked_to),
        *(_json(tip.route), _json(tip.document), tip.erased_at),
    )


def _json(value: Route | Document | None) -> str | None:
    return None if value is None else value.model_dump_json()


def _tip(row: Any) -> Tip:
    return Tip(
        id=row["id"],
        tip_no=row["tip_no"],
        desk=row["desk"],
        channel=Channel(row["channel"]),
        received_at=row["received_at"],
        state=TipState(row["state"]),
        shown=Shown(row["shown"]),
        shown_since=row["shown_since"],
        facts=Facts.model_validate(row["facts"]),
        informant_ref=row["informant_ref"],
        receiver=row["receiver"],
        recording_ref=row["recording_ref"],
        language=row["language"],
        urgent=row["urgent"],
        wants_feedback=row["wants_feedback"],
        details=row["details"],
        sequence=row["sequence"],
        named_units=tuple(row["named_units"]),
        integrity_id=row["integrity_id"],
        linked_to=row["linked_to"],
        route=None if row["route"] is None else Route.model_validate(row["route"]),
        document=None if row["document"] is None else Document.model_validate(row["document"]),
        erased_at=row["erased_at"],
    )
