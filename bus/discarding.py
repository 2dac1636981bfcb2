"""Giving a parked event up: it leaves without its effect, and what follows it in its order is no hole."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from bus.database import Raw
from bus.errors import NotParked, NumberUnknown, OutOfOrder
from bus.listening import Listening
from bus.parked import ParkedAt, ParkedRecord, parked_record
from bus.parked_acts import Noted, Who, note
from bus.parked_line import Line
from bus.seen import Seen
from bus.uow import UnitsOfWork

_HEADER, _DIGITS = "ce_sequence", 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Discarded:
    """What was given up: the sequences `first` to `last` of an aggregate, those that never came among them.

    Both None where the event had no place in an order, or none that is known, or had been applied before. `left` wait
    in its line, `next` before the others.
    """

    first: int | None
    last: int | None
    left: int
    next: ParkedAt | None = None


@dataclass(frozen=True, slots=True)
class Discard:
    """Discards of one process. `listening` may be unknown: then only a sequence that was read at parking counts."""

    units: UnitsOfWork

    async def event(
        self, at: ParkedAt, who: Who, reason: str, *, listening: Listening | None, sequence: int | None = None
    ) -> Discarded:
        """Discard the first event of its line, or one that was parked alone.

        `sequence` says which number it stood for where that cannot be read. Raises `NotParked`, `OutOfOrder`,
        `NumberUnknown` where `sequence` was given and is known or has no meaning, or a transient error.
        """
        async with self.units.begin() as unit:
            line = await Line.hold(unit.raw, at)
            one = await parked_record(unit.raw, at)
            if line is None or one is None:
                raise NotParked
            if [each.at for each in await line.next(unit.raw, 1)] != [at]:
                raise OutOfOrder
            ordered = one.sequence is not None or (listening is not None and at.topic in listening.topics)
            number = _number(one, sequence, ordered=ordered)
            first = await _pass_over(unit.raw, one, number)
            await line.take(unit.raw, one)
            left = await line.waiting(unit.raw)
            following = next((each.at for each in await line.next(unit.raw, 1)), None)
            await note(unit.raw, who, [Noted(at, "discarded", reason)])
        log.warning("event_discarded", group=at.group, topic=at.topic, part=at.partition, offset=at.offset)
        return Discarded(first, None if first is None else number, left, following)


def _number(one: ParkedRecord, said: int | None, *, ordered: bool) -> int | None:
    known = one.sequence if one.sequence is not None else _claimed(one)
    if said is not None and (known is not None or not ordered or _aggregate(one) is None):
        raise NumberUnknown
    return (said if known is None else known) if ordered else None


def _claimed(one: ParkedRecord) -> int | None:
    """The sequence that the header states, though the rest of the envelope cannot be read."""
    found = [value for name, value in one.record.headers if name == _HEADER]
    return int(found[0]) if len(found) == 1 and found[0].isdigit() and len(found[0]) == _DIGITS else None


def _aggregate(one: ParkedRecord) -> UUID | None:
    try:
        text = (one.record.key or b"").decode()
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


async def _pass_over(raw: Raw, one: ParkedRecord, number: int | None) -> int | None:
    """Move `seen` on to `number`; the first sequence that is given up by it, None if nothing is."""
    aggregate = _aggregate(one)
    if aggregate is None or number is None:
        return None
    seen = Seen(one.group, one.record.topic)
    last = (await seen.load(raw, [aggregate])).get(aggregate, 0)
    if number <= last:
        return None
    await seen.save(raw, {aggregate: number})
    return last + 1
