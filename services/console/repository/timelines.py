"""Writing timelines: entries, and the cases under whose locks they are numbered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from bus.database import Raw, json_text
from bus.wire import as_it_came
from schemas.envelope import Event
from schemas.views import View
from services.console.model.entry import Entry, labelled

_LOCK = """
insert into case_row (id) select id from unnest($1::uuid[]) as id order by id
on conflict (id) do update set id = excluded.id
returning id, held"""
_APPEND = """
insert into timeline_entry (case_id, event_id, kind, acttime, recordedtime, audience, origin, headers, payload)
select case_id, event_id, kind, acttime, recordedtime, audience, origin, headers, payload
from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::jsonb[], $7::uuid[],
  $8::jsonb[], $9::bytea[]) with ordinality
  as e (case_id, event_id, kind, acttime, recordedtime, audience, origin, headers, payload, turn)
order by turn
on conflict do nothing
returning case_id, event_id, change"""
_CHANGED = """
update case_row as c set change = greatest(c.change, n.change), held = c.held or n.held
from unnest($1::uuid[], $2::bigint[], $3::boolean[]) as n (id, change, held) where c.id = n.id"""
_ENTRIES = """
select case_id, event_id, kind, acttime, recordedtime, audience, origin, change, payload
from timeline_entry where case_id = any($1::uuid[])"""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a case in a transaction: its last change number, and whether something of it is held."""

    number: int
    held: bool = False


async def lock(raw: Raw, cases: Collection[UUID]) -> dict[UUID, bool]:
    """Lock these cases until the transaction ends, made where they are new; tells of each whether it holds a hold."""
    return {row["id"]: row["held"] for row in await raw.fetch(_LOCK, list(cases))}


async def append(raw: Raw, events: Mapping[tuple[UUID, str], tuple[Entry, Event[Any]]]) -> list[tuple[Entry, int]]:
    """Keep those of these events that are not kept yet; returns them with their change numbers, in their order."""
    entries = [entry for entry, _ in events.values()]
    messages = [as_it_came(event, "case") for _, event in events.values()]
    rows = await raw.fetch(
        _APPEND,
        [entry.case_id for entry in entries],
        [entry.event_id for entry in entries],
        [entry.kind for entry in entries],
        [entry.acttime for entry in entries],
        [entry.recordedtime for entry in entries],
        [json_text({unit: view.word for unit, view in entry.audience.items()}) for entry in entries],
        [entry.origin for entry in entries],
        [json_text({name: value.decode() for name, value in message.headers}) for message in messages],
        [message.value for message in messages],
    )
    return [(events[row["case_id"], row["event_id"]][0], row["change"]) for row in rows]


async def note(raw: Raw, changes: Mapping[UUID, Change]) -> None:
    """Remember how far locked cases have changed, and whether something that they grew from is held."""
    await raw.execute(
        _CHANGED,
        list(changes),
        [change.number for change in changes.values()],
        [change.held for change in changes.values()],
    )


async def entries(raw: Raw, cases: Sequence[UUID]) -> list[tuple[Entry, int]]:
    """Every entry of these cases with its change number, without the events themselves."""
    rows = await raw.fetch(_ENTRIES, list(cases))
    return [(_with_labels(entry(row), row["payload"]), row["change"]) for row in rows]


def entry(row: Any) -> Entry:
    """The entry of a row with these columns."""
    return Entry(
        case_id=row["case_id"],
        event_id=row["event_id"],
        kind=row["kind"],
        acttime=row["acttime"],
        recordedtime=row["recordedtime"],
        audience={unit: View.of(word) for unit, word in row["audience"].items()},
        origin=row["origin"],
    )


def _with_labels(found: Entry, payload: bytes) -> Entry:
    return replace(found, labels=labelled(orjson.loads(payload), found.audience))
