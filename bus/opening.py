"""Opening partitions: take the offset row, compare the log, set the position, and only then let records through."""

from collections.abc import Collection, Mapping, Sequence

import structlog

from bus.broker import Bounds, Identity, Partition, Reader
from bus.fence import Grip, Origin, forgotten, standing, take
from bus.gate import Place, State
from bus.retry import Backoff, passing
from bus.uow import UnitsOfWork

RECHECK = 30.0
"""Seconds after which a place with a gap, or lost to another member, is looked at again."""

REMEDY = "have its owners publish it again by `phoihop outbox resend`, then `phoihop outbox accept` it (docs/log.md)"
"""What helps against every gap: nothing reads on by itself where something may be missing."""

FORGOTTEN = "the offset row is missing, though events of this partition were applied"

_IMPATIENT = "set local lock_timeout = '500ms'"
"""The places behind one whose row is held wait as long as it does."""

log = structlog.get_logger(__name__)


class Opener:
    """Opens the places of one member of `group`. `owner` is for people who read the offset rows."""

    def __init__(self, units: UnitsOfWork, group: str, owner: str, backoff: Backoff) -> None:
        self._units = units
        self._group = group
        self._owner = owner
        self._backoff = backoff

    async def open(self, reader: Reader, places: Sequence[Place], now: float) -> None:
        """Open those that may be opened; the others say why not and when to try again. Raises no transient error."""
        try:
            identity = await reader.identity({place.partition.topic for place in places})
            grips = await self._take(places, identity, now)
            # The bounds are asked for after the take: an end seen before it may lie below what the last holder applied.
            bounds = await reader.bounds([place.partition for place in grips])
        except Exception as error:
            if not passing(error):
                raise
            self._wait(places, error, now)
            return
        for place, grip in grips.items():
            self._admit(reader, place, grip, _Log(identity, bounds), now)

    async def _take(self, places: Sequence[Place], identity: Identity, now: float) -> dict[Place, Grip]:
        """The places that could be taken; one whose row a frozen holder still locks keeps no other from opening."""
        grips: dict[Place, Grip] = {}
        for place in places:
            try:
                grip = await self._grip(place.partition, identity)
            except Exception as error:
                if not passing(error):
                    raise
                self._wait([place], error, now)
                continue
            if grip is None:
                self._gap(place, FORGOTTEN, now)
            else:
                grips[place] = grip
        return grips

    async def _grip(self, partition: Partition, identity: Identity) -> Grip | None:
        """The partition, taken; None where its offset row was lost: a row made anew would say that all is well."""
        topic = partition.topic
        origin = Origin(identity.cluster, identity.topics[topic])
        async with self._units.begin() as unit:
            await unit.raw.execute(_IMPATIENT)
            if await forgotten(unit.raw, self._group, partition, identity.partitions[topic]):
                return None
            return await take(unit.raw, self._group, partition, self._owner, origin)

    async def compare(self, reader: Reader, places: Sequence[Place], now: float) -> None:
        """Shut those of these open places whose offset row is not as we left it, or counts in another log now.

        A topic made anew in time answers a fetch as if nothing had happened, and where nothing comes no batch finds out
        that the row was moved by an act. Raises no transient error.
        """
        try:
            identity = await reader.identity({place.partition.topic for place in places})
            async with self._units.begin() as unit:
                rows = await standing(unit.raw, self._group)
        except Exception as error:
            if not passing(error):
                raise
            log.info("log_not_compared", group=self._group, error=type(error).__name__)
            return
        for place in places:
            origin = Origin(identity.cluster, identity.topics[place.partition.topic])
            if place.grip is None:
                continue
            if place.grip.origin != origin or rows.get(place.partition) != (place.grip.epoch, place.grip.next_offset):
                place.shut(State.SHUT, "another log goes by the name, or the offset was moved", now)

    def _admit(self, reader: Reader, place: Place, grip: Grip, found: "_Log", now: float) -> None:
        gap = found.gap(place.partition, grip)
        if gap is not None:
            self._gap(place, gap, now)
        elif reader.seek(place.partition, grip.next_offset):
            place.open(grip)

    def _gap(self, place: Place, gap: str, now: float) -> None:
        if place.reason != gap:
            log.error("log_gap", group=self._group, reason=gap, remedy=REMEDY, **place.names())
        place.shut(State.LOG_GAP, gap, now + RECHECK)

    def _wait(self, places: Collection[Place], error: Exception, now: float) -> None:
        for place in places:
            place.attempt += 1
            place.shut(State.SHUT, type(error).__name__, now + self._backoff.delay(place.attempt))
        log.warning(
            "partitions_not_opened",
            group=self._group,
            partitions=len(places),
            attempt=max(place.attempt for place in places),
            error=type(error).__name__,
        )


class _Log:
    """The log as it is now, to hold a stored offset against."""

    def __init__(self, identity: Identity, bounds: Mapping[Partition, Bounds]) -> None:
        self._identity = identity
        self._bounds = bounds

    def gap(self, partition: Partition, grip: Grip) -> str | None:
        """Why the offset does not count in this very log, or does not lie within it; None if it does."""
        topic = self._identity.topics[partition.topic]
        if grip.origin.cluster != self._identity.cluster:
            return f"the offset counts in cluster {grip.origin.cluster}, this is {self._identity.cluster}"
        if grip.origin.topic != topic:
            return f"the offset counts in topic id {grip.origin.topic}, {partition.topic} is now {topic}"
        low, end = self._bounds[partition]
        if not low <= grip.next_offset <= end:
            return f"offset {grip.next_offset} comes next, but the log holds {low} up to {end}"
        return None
