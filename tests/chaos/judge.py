"""Holds what a bus did against what its clients know and what its log says. Each function returns faults, in words.

The numbers are those of the invariants in docs/delivery.md.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import asyncpg

from chaos.history import Act, History, Outcome
from chaos.topics import Line, by_aggregate, once

_DECIDED = "select id, accepted, about from {schema}.command where id = any($1::text[])"
_SUBMITTED = "select count(*) from intake.command where accepted and type like '%.signal.submit.v1'"
_SEEN = "select grp, topic, aggregate::text, last_sequence from {schema}.seen"
_PARKED = "select topic, convert_from(msg_key, 'UTF8') as key, reason from {schema}.parked_event"
_FEED = "select unit, array_agg(number order by number) as numbers from notifications.feed group by unit"
_NOT_DECIDED_HERE = {"signal.submit"}

Faults = list[str]


async def acknowledged(connection: asyncpg.Connection, history: History) -> Faults:
    """I1, I2: what was answered yes was done once; what was not answered was done once or not at all."""
    faults: Faults = []
    for owner in ("intake", "cases"):
        acts = [act for act in history.acts if act.owner == owner and act.kind not in _NOT_DECIDED_HERE]
        rows = await connection.fetch(_DECIDED.format(schema=owner), [act.key for act in acts])
        decided = Counter(row["id"] for row in rows if row["accepted"])
        about = {row["id"]: str(row["about"]) for row in rows}
        faults += [
            f"I1: {act.kind} {act.key} was answered yes and is decided {decided[act.key]} times"
            for act in acts
            if act.outcome is Outcome.OK and decided[act.key] != 1
        ]
        faults += [
            f"I2: {act.kind} {act.key} took effect {decided[act.key]} times" for act in acts if decided[act.key] > 1
        ]
        faults += _told_otherwise(acts, about)
    return faults + await _tips(connection, history)


def _told_otherwise(acts: Iterable[Act], about: Mapping[str, str]) -> Faults:
    entered = (act for act in acts if act.kind == "tip.enter" and act.outcome is Outcome.OK)
    return [
        f"I1: the client of {act.key} was told tip {act.answer['tip_id']}, the command is about {about.get(act.key)}"
        for act in entered
        if about.get(act.key) != act.answer["tip_id"]
    ]


async def _tips(connection: asyncpg.Connection, history: History) -> Faults:
    """No effect without a committed source: as many tips as commands that made one."""
    keys = [act.key for act in history.of("tip.enter")]
    made = await connection.fetch(_DECIDED.format(schema="intake"), keys)
    tips = await connection.fetchval("select count(*) from intake.tip")
    sound = sum(row["accepted"] for row in made)
    return [] if tips == sound else [f"I2: {tips} tips, {sound} commands that entered one"]


async def signals(connection: asyncpg.Connection, history: History) -> Faults:
    """I1 for what came over Kafka: each signal that the broker took is one signal, each other one at most."""
    sent = {act.key: act for act in history.of("signal.submit")}
    rows = await connection.fetch(_DECIDED.format(schema="intake"), list(sent))
    done = Counter(row["id"] for row in rows if row["accepted"])
    lost = [key for key, act in sent.items() if act.outcome is Outcome.OK and done[key] != 1]
    faults = [f"I1: signal {key} was taken by the broker and is decided {done[key]} times" for key in lost]
    made = await connection.fetchval("select count(*) from intake.signal")
    sources = await connection.fetchval(_SUBMITTED)
    return faults if made == sources else [*faults, f"I2: {made} signals, {sources} commands that made one"]


def in_order(log: Sequence[Line], bad: Collection[str]) -> Faults:
    """I3 on the log: each aggregate's events are 1, 2, 3 …, and what is there twice is twice the same."""
    faults: Faults = []
    for (topic, key), lines in by_aggregate(log).items():
        if key in bad:
            continue
        sequences = [line.sequence for line in once(lines)]
        if sequences != list(range(1, len(sequences) + 1)):
            faults.append(f"I3: {topic} {key}: sequences {sequences}")
        contents = {line.id: line.content for line in lines}
        faults += [
            f"I3: {topic} {key}: {line.id} differs when sent again"
            for line in lines
            if line.content != contents[line.id]
        ]
    return faults


async def applied(
    connection: asyncpg.Connection, log: Sequence[Line], bad: Collection[str], readers: Sequence[str]
) -> Faults:
    """I3, I6 at every reader: each aggregate is applied to its last event, and nothing is parked but the bad keys."""
    last = {name: max(line.sequence for line in lines) for name, lines in by_aggregate(log).items()}
    topics = {topic for topic, _ in last}
    faults: Faults = []
    for schema in readers:
        rows = await connection.fetch(_SEEN.format(schema=schema))
        followed = {(row["grp"], row["topic"]) for row in rows}
        seen = {(row["grp"], row["topic"], row["aggregate"]): row["last_sequence"] for row in rows}
        faults += [
            f"I3: {group} stands at {seen.get((group, topic, key), 0)} of {topic} {key}, the log at {end}"
            for group, followed_topic in followed & {(group, topic) for group, _ in followed for topic in topics}
            for (topic, key), end in last.items()
            if topic == followed_topic and key not in bad and seen.get((group, topic, key), 0) != end
        ]
        parked = await connection.fetch(_PARKED.format(schema=schema))
        faults += [
            f"I6: {schema} parked {row['topic']} {row['key']}: {row['reason']}"
            for row in parked
            if row["key"] not in bad
        ]
    return faults


def unchanged(before: Iterable[Line], after: Iterable[Line]) -> Faults:
    """I4: what stood at a place of the log stands there still, byte for byte."""
    now = {line.place: line.content for line in after}
    return [f"I4: {line.place} holds other bytes than before" for line in before if now.get(line.place) != line.content]


async def numbered(connection: asyncpg.Connection) -> Faults:
    """I7 in the database: every feed is numbered from one on, without a hole."""
    rows = await connection.fetch(_FEED)
    broken = [row for row in rows if row["numbers"] != list(range(1, len(row["numbers"]) + 1))]
    return [f"I7: feed of {row['unit']}: numbers {_where_broken(row['numbers'])}" for row in broken]


def sent(log: Sequence[Line], to_units: Sequence[Line], bad: Collection[str]) -> Faults:
    """I7: each unit got exactly the events whose audience names it or a relation, once, numbered without a hole."""
    events = {line.id: line for line in log if line.key not in bad}
    due = {
        unit for line in events.values() for unit, view in line.audience.items() if view != "none" and "#" not in unit
    }
    feeds: dict[str, list[Line]] = {f"to.{unit}": [] for unit in sorted(due)}
    for line in to_units:
        feeds.setdefault(line.topic, []).append(line)
    return [fault for topic, lines in feeds.items() for fault in _of_one_unit(topic, lines, events)]


def _of_one_unit(topic: str, lines: Sequence[Line], events: Mapping[str, Line]) -> Faults:
    unit, got = topic.removeprefix("to."), once(lines)
    numbers: dict[str, set[int]] = {}
    for line in lines:
        numbers.setdefault(line.id, set()).add(int(line.headers["ce_feednumber"]))
    given = [min(numbers[line.id]) for line in got]
    due = [id_ for id_, line in events.items() if line.audience.get(unit, "none") != "none"]
    return [
        *([] if given == list(range(1, len(given) + 1)) else [f"I7: {topic}: feed numbers {_where_broken(given)}"]),
        *(f"I7: {topic}: {id_} has the numbers {_listed(many)}" for id_, many in numbers.items() if len(many) > 1),
        *(f"I7: {topic}: {line.id} is on no log" for line in got if line.id not in events),
        *(f"leak: {topic}: {line.id}" for line in got if line.id in events and not _granted(events[line.id], unit)),
        *(f"I7: {topic}: {id_} is missing" for id_ in due if id_ not in numbers),
    ]


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _granted(event: Line, unit: str) -> bool:
    return event.audience.get(unit, "none") != "none" or any("#" in holder for holder in event.audience)


def _where_broken(numbers: Sequence[int]) -> str:
    at = next((place for place, number in enumerate(numbers, 1) if place != number), len(numbers))
    return f"break at place {at}: … {list(numbers[max(0, at - 3) : at + 3])} …"


def resources(before: Mapping[str, Any], after: Mapping[str, Any], factor: float = 1.5) -> Faults:
    """I10: memory and connections are about what they were."""
    return [
        f"I10: {name} rose from {before[name]} to {now}"
        for name, now in after.items()
        if name in before and now > before[name] * factor + 10
    ]
