"""Whatever a log holds, each of its records gets one outcome, and an oracle that knows only the rules says which.

The oracle reads the log from its first record to its last and knows no batch, no transaction and no database. The
members that it is compared with come, go and steal each other's partitions, and take a few records at a time.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Any

import pytest

from bus.broker import Partition
from bus.consumer import Pace
from bus.identity import uuid7
from bus.memory import MemoryBroker
from bus.message import Message, Record
from bus.wire import encode
from consuming import Stage, consumed, said, totals
from schemas.envelope import Event
from schemas.events.case import CaseClosed

pytestmark = pytest.mark.integration

SMALL = Pace(max_records=7, fetch=0.02, lost=0.1)
PARTITIONS = 3
AGGREGATES = 24
LENGTH = 12


@pytest.fixture
def seed() -> int:
    """Printed, so that a run that failed can be had again."""
    found = SystemRandom().randrange(2**32)
    print(f"seed {found}")  # noqa: T201 - the seed belongs in the output of a run that failed
    return found


@dataclass(slots=True)
class Outcomes:
    """What should become of a log: sequences applied by key, in order, and how many were skipped and parked."""

    applied: dict[str, list[int]] = field(default_factory=dict)
    parked: Counter[str] = field(default_factory=Counter)
    skipped: int = 0

    def add(self, record: Record) -> None:
        """The outcome of the next record of its partition."""
        key, headers = (record.key or b"").decode(), dict(record.headers)
        sequence = int(headers["ce_sequence"]) if headers["ce_sequence"].isdigit() else None
        done = self.applied.setdefault(key, [])
        if self.parked[key] or sequence is None or sequence > len(done) + 1:
            self.parked[key] += 1
        elif sequence <= len(done):
            self.skipped += 1
        elif headers["ce_type"] == CaseClosed.type_name().encode():
            self.parked[key] += 1
        else:
            done.append(sequence)


def bad_log(random: Random, topic: str) -> list[Message]:
    """Aggregates side by side; of some an event is missing, late, repeated, broken, or breaks its handler."""
    stories = [bad_story(random, topic, random.choice(("sound", *FAULTS))) for _ in range(AGGREGATES)]
    log: list[Message] = []
    while any(stories):
        story = random.choice([one for one in stories if one])
        log.append(story.pop(0))
    return log


def bad_story(random: Random, topic: str, fault: str) -> list[Message]:
    """One aggregate's records, with one fault somewhere in the middle."""
    aggregate = uuid7()
    events = [said(aggregate, n) for n in range(1, LENGTH + 1)]
    return FAULTS.get(fault, sound)(events, random.randrange(2, LENGTH - 3), topic)


def sound(events: Sequence[Event[Any]], _at: int, topic: str) -> list[Message]:
    return [encode(one, topic) for one in events]


def missing(events: Sequence[Event[Any]], at: int, topic: str) -> list[Message]:
    return sound([*events[:at], *events[at + 1 :]], at, topic)


def late(events: Sequence[Event[Any]], at: int, topic: str) -> list[Message]:
    """The missing one comes when two that follow it are parked already."""
    return sound([*events[:at], *events[at + 1 : at + 3], events[at], *events[at + 3 :]], at, topic)


def repeated(events: Sequence[Event[Any]], at: int, topic: str) -> list[Message]:
    """As a relay sends again what it was not told about: whole, and in order."""
    return sound([*events[: at + 2], *events[at - 1 :]], at, topic)


def broken(events: Sequence[Event[Any]], at: int, topic: str) -> list[Message]:
    messages = sound(events, at, topic)
    headers = [(name, b"?" if name == "ce_sequence" else value) for name, value in messages[at].headers]
    messages[at] = Message(topic, messages[at].key, messages[at].value, tuple(headers))
    return messages


def breaking(events: Sequence[Event[Any]], at: int, topic: str) -> list[Message]:
    """One that its handler fails on, each time; the rest of its kind go well."""
    aggregate, sequence = events[at].envelope.subject, events[at].envelope.sequence
    bad = said(type(uuid7())(aggregate), int(sequence or 0), CaseClosed)
    return sound([*events[:at], bad, *events[at + 1 :]], at, topic)


FAULTS = {"missing": missing, "late": late, "repeated": repeated, "broken": broken, "breaking": breaking}


def fails_on_closing(one: Event[Any]) -> None:
    if one.envelope.type == CaseClosed.type_name():
        raise ValueError("this handler cannot close")


async def written(stage: Stage, memory: MemoryBroker, random: Random) -> Outcomes:
    """A bad log in the stage's topic, and what should become of it."""
    memory.create_topic(stage.topic, PARTITIONS)
    await stage.send(*bad_log(random, stage.topic))
    expected = Outcomes()
    for number in range(PARTITIONS):
        for record in memory.log(Partition(stage.topic, number)).records:
            expected.add(record)
    stage.trouble = fails_on_closing
    return expected


async def found_in(stage: Stage) -> tuple[Mapping[str, list[int]], Counter[str]]:
    """What became of it: sequences applied by key, in order, and how many of each key are parked."""
    parked = Counter(key for _, key in await stage.parked())
    return await stage.applied(), parked


async def test_each_record_of_a_bad_log_is_applied_skipped_or_parked_as_the_rules_say(
    stage: Stage, memory: MemoryBroker, seed: int
) -> None:
    expected = await written(stage, memory, Random(seed))
    everything = sum(memory.log(Partition(stage.topic, number)).end for number in range(PARTITIONS))
    members = [stage.consumer(f"member {number}", SMALL) for number in range(3)]

    async with stage.running(members[0]):
        await stage.until(lambda: consumed(*members) > everything // 4)
        async with stage.running(*members[1:]):
            await stage.until(lambda: consumed(*members) > everything // 2)
        await stage.until(lambda: consumed(*members) == everything)

    applied, parked = await found_in(stage)
    assert applied == {key: done for key, done in expected.applied.items() if done}
    assert parked == +expected.parked
    assert totals(*members) == {
        "consumed": everything,
        "applied": sum(map(len, applied.values())),
        "skipped": expected.skipped,
        "parked": parked.total(),
    }


@pytest.mark.parametrize("loss", ["recreated", "expired"])
async def test_no_record_of_a_log_that_lost_something_is_passed_over(
    stage: Stage, memory: MemoryBroker, seed: int, loss: str
) -> None:
    """A new log under the old name is as long as the old one: only its id tells that offsets mean nothing there."""
    await written(stage, memory, Random(seed))
    first, second = stage.consumer("first"), stage.consumer("second")
    ends = [memory.log(Partition(stage.topic, number)).end for number in range(PARTITIONS)]
    async with stage.running(first):
        await stage.until(lambda: consumed(first) == sum(ends))
    before = await found_in(stage)

    if loss == "recreated":
        await written(stage, memory, Random(seed + 1))
    else:
        await stage.send(*bad_log(Random(seed + 1), stage.topic))
        for number, end in enumerate(ends):
            memory.expire(Partition(stage.topic, number), end + 1)
    async with stage.running(second):
        await stage.until(lambda: [state.value for state, _ in second.health().values()] == ["log_gap"] * PARTITIONS)

    assert consumed(second) == 0
    assert await found_in(stage) == before
