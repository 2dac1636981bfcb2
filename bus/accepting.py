"""Accepting a log: from where a topic is whole again, for the groups of one service, as an act that says who and why.

Only partitions whose offset does not count in the log as it is now are moved. They begin anew where their owners began
to publish everything again; what a group has applied it skips by `sequence`, what is missing parks, so nothing happens
twice and nothing is passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bus.broker import LogPlace
from bus.database import Raw, json_text

_ROWS = """
select grp, part, next_offset, cluster_id, topic_id from consumer_offset where topic = $1 order by grp, part for update
"""
_GROUPS = "select distinct grp from seen where topic = $1"
_MOVE = """
insert into consumer_offset as held
  (grp, topic, part, next_offset, first_offset, epoch, owner, cluster_id, topic_id)
select grp, $1, part, first, first, 1, 'accepted', $2, $3
from unnest($4::text[], $5::int[], $6::bigint[]) as n (grp, part, first)
on conflict (grp, topic, part) do update set next_offset = excluded.next_offset,
  first_offset = held.first_offset + excluded.next_offset - held.next_offset, epoch = held.epoch + 1,
  owner = excluded.owner, cluster_id = excluded.cluster_id, topic_id = excluded.topic_id
"""
_BEGINNING = """
insert into log_start (topic, part, cluster_id, topic_id, first_offset)
select $1, part, $2, $3, first from unnest($4::int[], $5::bigint[]) as n (part, first)
on conflict (topic, part) do update set cluster_id = excluded.cluster_id, topic_id = excluded.topic_id,
  first_offset = excluded.first_offset
"""
# What its owner numbered comes again with the rest, is decided anew and counted anew; only that may be let go here.
_RELEASE = """
with gone as (
  delete from parked_event as e using unnest($2::text[], $3::int[]) as n (grp, part)
  where e.topic = $1 and e.grp = n.grp and e.part = n.part and e.msg_key is not null
    and 'ce_sequence'::bytea = any(e.header_names)
  returning e.grp, e.part
), counted as (select grp, part, count(*) as events from gone group by grp, part)
update consumer_offset as place set parked = parked - events, first_offset = first_offset + events
from counted where place.topic = $1 and (place.grp, place.part) = (counted.grp, counted.part)
"""
_RELEASE_KEYS = """
delete from parked_key as k where k.topic = $1 and k.grp = any($2::text[]) and not exists (
  select from parked_event as e where e.grp = k.grp and e.topic = k.topic and e.msg_key = k.msg_key)
"""
_LEFT = """
select count(*) from parked_event
where topic = $1 and (grp, part) in (select * from unnest($2::text[], $3::int[]) as n (grp, part))
"""
_NOTE = """
insert into log_acceptance (topic, cluster_id, topic_id, starts, moved, reason, actor)
values ($1, $2, $3, $4, $5, $6, $7)
"""


class Moved(NamedTuple):
    """One partition of one group, and where it goes on; `before` is None where its offset was lost."""

    group: str
    part: int
    before: int | None
    after: int
    anew: bool
    """Whether what was parked under offsets of before may meet records of now under the same offsets."""


class Leftover(Exception):
    """Parked records of the former log, `count` of them, are no events of its owner and will not come again."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} parked records of the former log will not come again")
        self.count = count


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`place` is the log as the broker says it is, `starts` the offsets from which it is whole, by partition."""

    topic: str
    place: LogPlace
    starts: Mapping[int, int]
    reason: str
    actor: Mapping[str, Any]


async def accept(raw: Raw, acceptance: Acceptance) -> list[Moved]:
    """Move what must move, and note it; again, it moves nothing. Raises `Leftover`; roll back then.

    Offsets of a former topic mean nothing in the new one, so what is parked there under them is let go where it comes
    again, and nothing is moved while something else is parked.
    """
    place, topic = acceptance.place, acceptance.topic
    moved = _to_move(acceptance, await raw.fetch(_ROWS, topic), [row["grp"] for row in await raw.fetch(_GROUPS, topic)])
    groups, parts = [one.group for one in moved], [one.part for one in moved]
    await raw.execute(_MOVE, topic, place.cluster, place.topic, groups, parts, [one.after for one in moved])
    await raw.execute(_RELEASE, topic, groups, parts)
    await raw.execute(_RELEASE_KEYS, topic, groups)
    anew = [one for one in moved if one.anew]
    left = await raw.fetchval(_LEFT, topic, [one.group for one in anew], [one.part for one in anew])
    if left:
        raise Leftover(left)
    starts = acceptance.starts
    await raw.execute(_BEGINNING, topic, place.cluster, place.topic, list(starts), list(starts.values()))
    told = (
        json_text({str(part): start for part, start in starts.items()}),
        json_text([one._asdict() for one in moved]),
    )
    actor = json_text(dict(acceptance.actor))
    await raw.execute(_NOTE, topic, place.cluster, place.topic, *told, acceptance.reason, actor)
    return moved


def _to_move(acceptance: Acceptance, rows: Sequence[Any], groups: Sequence[str]) -> list[Moved]:
    place, starts = acceptance.place, acceptance.starts
    known = {(row["grp"], row["part"]) for row in rows}
    lost = [(group, part) for group in groups for part in starts if (group, part) not in known]
    return [
        *(
            Moved(row["grp"], row["part"], row["next_offset"], starts[row["part"]], not _same(row, place))
            for row in rows
            if not _counts(row, place)
        ),
        *(Moved(group, part, None, starts[part], anew=True) for group, part in lost),
    ]


def _counts(row: Any, place: LogPlace) -> bool:
    return _same(row, place) and place.lows[row["part"]] <= row["next_offset"] <= place.ends[row["part"]]


def _same(row: Any, place: LogPlace) -> bool:
    return bool((row["cluster_id"], row["topic_id"]) == (place.cluster, place.topic))
