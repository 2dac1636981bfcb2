"""Carrying records out in a unit of work: decide about each, call the handlers, and say what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from bus.counts import Counts
from bus.errors import BusError, Undecodable
from bus.frame import Frame, frame
from bus.listening import Listening
from bus.message import Record, Trust
from bus.parking import Parked, Parking, because
from bus.plan import Plan, Rules
from bus.seen import Seen
from bus.tracing import OFF, Tracing
from bus.uow import UnitOfWork

NONE: Mapping[int, Exception] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Received:
    """A record with its envelope, or why it has none; of a raw topic nothing is read."""

    record: Record
    found: Frame | BusError | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of records: what is to be parked, and the sequences that were moved, are not yet written."""

    counts: Counts
    parked: Sequence[Parked]
    moved: Mapping[UUID, int] = field(default_factory=dict)


class Carrier:
    """Carries records out as one group listens."""

    def __init__(self, listening: Listening, tracing: Tracing = OFF) -> None:
        self._listening = listening
        self._tracing = tracing
        self._by_type = listening.by_type()

    @property
    def group(self) -> str:
        """Whose work it is."""
        return self._listening.group

    def receive(self, topic: str, records: Sequence[Record]) -> list[Received]:
        """Read what envelopes there are, once: a batch that fails is tried again in parts."""
        if topic in self._listening.raw:
            return [Received(record, None) for record in records]
        trust = self._listening.trust(topic)
        return [Received(record, _read(record, trust)) for record in records]

    async def carry_out(
        self,
        topic: str,
        received: Sequence[Received],
        unit: UnitOfWork,
        *,
        failed: Mapping[int, Exception] = NONE,
        redriving: bool = False,
    ) -> Outcome:
        """Call the handlers for what may be applied; raises what they raise.

        `failed` names the offsets whose handler is known to fail, and why. Who is `redriving` has locked the key, and
        carries its records out although it is held.
        """
        if topic in self._listening.raw:
            with self._tracing.handling(self.group, topic, ()):
                return await self._hand_over([one.record for one in received], failed, unit)
        plan = await self._plan(topic, received, failed, unit, redriving=redriving)
        for run in plan.runs:
            causes = [event.envelope.traceparent for event in run.events] if self._tracing.on else ()
            with self._tracing.handling(self.group, topic, causes):
                await run.handler(run.events, unit)
        return Outcome(Counts(len(received), plan.applied, plan.skipped, len(plan.parked)), plan.parked, plan.moved)

    async def _hand_over(self, records: Sequence[Record], failed: Mapping[int, Exception], unit: UnitOfWork) -> Outcome:
        """A raw topic's handler answers for itself; only what breaks it is parked, and never its key."""
        parked = [because(one, failed[one.offset], key=False) for one in records if one.offset in failed]
        sound = [one for one in records if one.offset not in failed]
        if sound and self._listening.raw_handler is not None:
            await self._listening.raw_handler(sound, unit)
        return Outcome(Counts(len(records), len(sound), 0, len(parked)), parked)

    async def _plan(
        self,
        topic: str,
        received: Sequence[Received],
        failed: Mapping[int, Exception],
        unit: UnitOfWork,
        *,
        redriving: bool,
    ) -> Plan:
        keys = set() if redriving else {one.record.key for one in received if one.record.key is not None}
        found = [one.found for one in received]
        aggregates = {one.aggregate for one in found if isinstance(one, Frame) and one.aggregate is not None}
        trust = self._listening.trust(topic)
        plan = Plan(
            Rules(self._by_type, trust is Trust.LOG, self._listening.replaying),
            held=await Parking(self.group, topic).held(unit.raw, keys),
            last=await Seen(self.group, topic).load(unit.raw, aggregates),
            failed=failed,
        )
        for one in received:
            plan.add(one.record, one.found or Undecodable("nothing was read of it"))
        return plan


def _read(record: Record, trust: Trust) -> Frame | BusError:
    try:
        return frame(record, trust)
    except BusError as error:
        return error
    except Exception as error:  # noqa: BLE001 - whatever a stranger's bytes provoke, the record is parked for it
        return Undecodable(f"{type(error).__name__} while reading")
