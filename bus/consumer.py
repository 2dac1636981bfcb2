"""The consumer: reads a group's partitions and applies each batch exactly once, in order, however often it is sent."""

import asyncio
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress

import structlog

from bus.applying import Applier, Counts
from bus.broker import Broker, Partition, Reader
from bus.errors import Fenced, LogGap, OffsetMoved, ParkingFull, Transient
from bus.gate import Gate, Place, State
from bus.limits import Limits
from bus.listening import Handler, Listening, RawHandler, Subscription, Subscriptions
from bus.message import Record
from bus.numbers import Histogram
from bus.opening import Opener
from bus.retry import Backoff, passing
from bus.taking import Pace
from bus.uow import UnitsOfWork

__all__ = ["Consumer", "Handler", "Listening", "Pace", "RawHandler", "Subscription", "Subscriptions"]

log = structlog.get_logger(__name__)


class Consumer:
    """One member of a group; `run` until told to stop. Safe beside any number of other members, frozen ones too.

    `counts` by topic obey consumed = applied + skipped + parked; `health()` says what is not being read and why.
    `batches` are the seconds of those that were applied, `retries` counts those that were not and are tried again.
    """

    def __init__(
        self,
        broker: Broker,
        units: UnitsOfWork,
        listening: Listening,
        *,
        owner: str,
        backoff: Backoff,
        pace: Pace | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._broker = broker
        self._listening = listening
        self._gate = Gate()
        self._opener = Opener(units, listening.group, owner, backoff)
        self._applier = Applier(units, listening, limits or Limits())
        self.batches = Histogram()
        self.retries = 0
        self._backoff = backoff
        self._pace = pace or Pace()
        self._reader: Reader | None = None
        self._failures = 0
        self._trouble: str | None = None
        self._reported = 0.0
        self._compared = 0.0

    @property
    def listening(self) -> Listening:
        """What this consumer reads now."""
        return self._listening

    @property
    def counts(self) -> Mapping[str, Counts]:
        """What became of records since the start, by topic."""
        return self._applier.counts

    @property
    def topics(self) -> tuple[str, ...]:
        """The logs of record that are read."""
        return self._listening.topics

    def health(self) -> Mapping[Partition, tuple[State, str]]:
        """The assigned partitions that are not being read, with the state and its reason; empty when all is well."""
        return {place.partition: (place.state, place.reason) for place in self._gate if place.state is not State.OPEN}

    @property
    def group(self) -> str:
        """The group that this is a member of."""
        return self._listening.group

    def states(self) -> Mapping[State, int]:
        """How many of the assigned partitions are in each state."""
        return Counter(place.state for place in self._gate)

    async def lag(self) -> Mapping[Partition, int]:
        """Records behind the log's end, asked of the broker now. Raises `Transient`.

        A partition whose offset row is not held (shut, lost, a gap) has no place from which to count and is absent.
        """
        reader, held = self._reader, {place.partition: place.grip for place in self._gate if place.grip is not None}
        if reader is None or not held:
            return {}
        bounds = await reader.bounds(tuple(held))
        return {partition: max(0, bounds[partition].end - grip.next_offset) for partition, grip in held.items()}

    def trouble(self) -> str | None:
        """Why this member takes no part in its group since the last attempt; None while it does, or only begins."""
        return self._trouble

    def look_again(self) -> None:
        """Hold every partition against its row and the log at once: something was done about them."""
        self._compared = -math.inf
        for place in self._gate.due(math.inf, State.LOG_GAP):
            place.due = 0.0
        self._gate.stirred.set()

    def update(self, listening: Listening) -> None:
        """Listen to these topics from now on. Raises ValueError for another group: that is another consumer."""
        if listening.group != self._listening.group:
            raise ValueError(f"this consumer is of group {self._listening.group}, not {listening.group}")
        self._listening = listening
        self._applier.update(listening)
        if self._reader is not None:
            self._reader.update_topics(listening.all_topics())

    async def run(self, stop: asyncio.Event) -> None:
        """Read and apply until `stop` is set; then end after the batch in hand. A broker that fails is joined anew."""
        stopping = asyncio.create_task(self._stir_at(stop))
        try:
            while not stop.is_set():
                try:
                    await self._take_part(stop)
                except Exception as error:
                    if not passing(error):
                        raise
                    await self._rest(error, stop)
        finally:
            stopping.cancel()

    async def _take_part(self, stop: asyncio.Event) -> None:
        reader = self._broker.reader(self._listening.group, self._listening.all_topics(), self._gate)
        self._reader, self._compared = reader, _now()
        try:
            await reader.start()
            while not stop.is_set():
                await self._turn(reader)
                self._failures, self._trouble = 0, None
        finally:
            self._reader = None
            self._gate.assigned(())
            await reader.stop()

    async def _turn(self, reader: Reader) -> None:
        """Open what may be opened, try again what failed, read what may be read."""
        self._gate.stirred.clear()
        for place in self._gate.due(_now(), State.FULL):
            await self._look_for_room(place)
        shut = self._gate.due(_now(), State.SHUT, State.LOST, State.LOG_GAP)
        if shut:
            await self._opener.open(reader, shut, _now())
        await self._compare(reader)
        for place in self._gate.due(_now(), State.WAITING):
            await self._attempt(place, place.records)
        places = self._gate.readable()
        found = await self._fetch(reader, tuple(places))
        # Side by side, each in its own transaction: while the database works for one, the next is read.
        await asyncio.gather(
            *(
                self._attempt(places[partition], records)
                for partition, records in found.items()
                if self._gate.holds(places[partition]) and _follows(reader, places[partition], records)
            )
        )
        await self._report(reader)

    async def _fetch(self, reader: Reader, only: Sequence[Partition]) -> Mapping[Partition, Sequence[Record]]:
        """What comes next, unless the assignment changes first: then nothing, and it is fetched again."""
        wait = self._gate.next_due(_now(), self._pace.fetch)
        fetching = asyncio.create_task(reader.fetch(self._pace.max_records, wait, only))
        stirred = asyncio.create_task(self._gate.stirred.wait())
        try:
            await asyncio.wait({fetching, stirred}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stirred.cancel()
            fetching.cancel()
            await asyncio.wait({fetching, stirred})
        return {} if fetching.cancelled() else await self._settle(fetching)

    async def _settle(
        self, fetching: "asyncio.Task[Mapping[Partition, Sequence[Record]]]"
    ) -> Mapping[Partition, Sequence[Record]]:
        try:
            return fetching.result()
        except LogGap:
            # The broker names no partition that is worth trusting here: each is held against the log again.
            for place in self._gate.readable().values():
                place.shut(State.SHUT, "a position fell out of the log", _now())
            return {}

    async def _attempt(self, place: Place, records: Sequence[Record]) -> None:
        began = _now()
        try:
            await self._applier.apply(place, records)
        except OffsetMoved as error:
            place.shut(State.SHUT, str(error), _now())
        except Fenced as error:
            place.shut(State.LOST, str(error), _now() + self._pace.lost)
            log.warning("partition_lost", group=self._listening.group, **place.names())
        except ParkingFull as error:
            place.shut(State.FULL, str(error), _now() + self._pace.full)
            log.error("parking_full", group=self._listening.group, reason=str(error), **place.names())  # noqa: TRY400 - where it happened tells nothing
        except Exception as error:  # noqa: BLE001 - recorded in health(), kept in hand, tried again; nothing is skipped
            self._wait(place, records, error)
        else:
            self.batches.observe(_now() - began)
            if place.grip is not None and place.state is State.WAITING:
                place.open(place.grip)

    async def _look_for_room(self, place: Place) -> None:
        """Let a place be opened again if something could be parked."""
        try:
            full = await self._applier.full(place.partition.topic)
        except Exception as error:
            if not passing(error):
                raise
            full = place.reason
        place.shut(State.SHUT if full is None else State.FULL, full or "", _now() + (self._pace.full if full else 0.0))

    def _wait(self, place: Place, records: Sequence[Record], error: Exception) -> None:
        """Keep what is not yet applied in hand: it is tried again, and nothing after it is read before."""
        done = place.grip.next_offset if place.grip is not None else 0
        place.records = [record for record in records if record.offset >= done]
        place.attempt += 1
        self.retries += 1
        wait = self._backoff.delay(place.attempt)
        place.shut(State.WAITING, type(error).__name__, _now() + wait)
        log.warning(
            "batch_failed",
            group=self._listening.group,
            **place.names(),
            attempt=place.attempt,
            wait=round(wait, 3),
            passing=passing(error),
            error=type(error).__name__,
        )

    async def _compare(self, reader: Reader) -> None:
        """Now and then: within this time at most a group reads on in a topic that was made anew under it."""
        places = tuple(self._gate.readable().values())
        if places and _now() >= self._compared + self._pace.compare:
            self._compared = _now()
            await self._opener.compare(reader, places, _now())

    async def _report(self, reader: Reader) -> None:
        if _now() < self._reported + self._pace.report:
            return
        self._reported = _now()
        grips = {partition: place.grip for partition, place in self._gate.readable().items()}
        offsets = {partition: grip.next_offset for partition, grip in grips.items() if grip is not None}
        try:
            await reader.report(offsets)
        except Transient as error:
            log.info("lag_not_reported", group=self._listening.group, error=str(error))

    async def _rest(self, error: Exception, stop: asyncio.Event) -> None:
        self._failures, self._trouble = self._failures + 1, type(error).__name__
        wait = self._backoff.delay(self._failures)
        log.warning(
            "broker_failed", group=self._listening.group, attempt=self._failures, wait=round(wait, 3), error=str(error)
        )
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)

    async def _stir_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._gate.stirred.set()


def _follows(reader: Reader, place: Place, records: Sequence[Record]) -> bool:
    """Whether the records are those that come next. If not, the position is set anew and they are let go.

    Offsets without a record exist (markers of a stranger's transactions): a gap that is told twice is believed.
    """
    if place.grip is None or not records:
        return False
    first, expected = records[0].offset, place.grip.next_offset
    if first == expected or (first > expected and place.strayed == first):
        return True
    place.strayed = first
    reader.seek(place.partition, expected)
    return False


def _now() -> float:
    return asyncio.get_running_loop().time()
