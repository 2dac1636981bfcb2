"""What a poison costs the batch in which it comes, and what counting costs every batch.

`pytest tests/bench/bus/test_parking.py -m bench -s` prints the figures.
"""

import itertools
import logging
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from statistics import median
from typing import Any

import pytest
import structlog

from bus.applying import Applier
from bus.broker import Partition
from bus.counts import Settlement
from bus.database import Database, Raw
from bus.fence import Origin, take
from bus.gate import Place
from bus.identity import uuid7
from bus.limits import Limits
from bus.listening import Listening, Subscription, Subscriptions
from bus.message import Record
from bus.seen import Seen
from bus.uow import UnitOfWork, UnitsOfWork
from bus.wire import encode
from consuming import said
from schemas.envelope import Event
from schemas.events.case import CaseClaimed

pytestmark = [pytest.mark.bench, pytest.mark.integration, pytest.mark.timeout(600)]
PARTITION = Partition("phoihop.case.v1", 0)
BATCH, ROUNDS = 500, 15
_EFFECTS = """
insert into effect (topic, aggregate, sequence, id, kind)
select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[])
"""


class Bench:
    """A member of a group that takes batches made beforehand, with a handler that writes set-based.

    The handler finds the poison after it has written: the dearest way to fail.
    """

    def __init__(self, units: UnitsOfWork, store: Database) -> None:
        self._units = units
        self._store = store
        self._offsets = itertools.count()
        self._poison: set[str] = set()
        handling: Subscriptions = {CaseClaimed: Subscription(self._handle, "project")}
        self._applier = Applier(units, Listening("bench", (PARTITION.topic,), subscriptions=handling), Limits())
        self._place = Place(PARTITION)

    async def begin(self) -> None:
        """Take the partition."""
        async with self._units.begin() as unit:
            self._place.open(await take(unit.raw, "bench", PARTITION, "bench", Origin("c", "t")))

    async def batch(self, size: int, poison: int | None = None) -> float:
        """Seconds for a batch of facts about as many records, each the first of its own."""
        events = [said(uuid7(), 1) for _ in range(size)]
        if poison is not None:
            self._poison.add(events[poison].envelope.id)
        records = list(self._recorded(events))
        began = time.perf_counter()
        await self._applier.apply(self._place, records)
        return time.perf_counter() - began

    def _recorded(self, events: Sequence[Event[Any]]) -> Iterator[Record]:
        for one in events:
            message = encode(one, PARTITION.topic)
            place = {"partition": 0, "offset": next(self._offsets), "timestamp": 0}
            yield Record(message.topic, message.key, message.value, message.headers, **place)

    async def _handle(self, events: Sequence[Event[Any]], unit: UnitOfWork) -> None:
        about = [one.envelope for one in events]
        columns = ([one.subject for one in about], [one.sequence for one in about], [one.id for one in about])
        await unit.raw.execute(_EFFECTS, ["t"] * len(about), *columns, [one.type for one in about])
        if not self._poison.isdisjoint(columns[2]):
            raise ValueError


@pytest.fixture
async def bench(work: UnitsOfWork, store: Database) -> AsyncIterator[Bench]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    made = Bench(work, store)
    await made.begin()
    for _ in range(3):
        await made.batch(BATCH)
    yield made
    structlog.reset_defaults()


@pytest.mark.parametrize("place", [0, BATCH // 2, BATCH - 1])
async def test_one_poison_in_500_costs_at_most_three_clean_batches(bench: Bench, place: int) -> None:
    clean, poisoned = [], []
    for _ in range(ROUNDS):
        clean.append(await bench.batch(BATCH))
        poisoned.append(await bench.batch(BATCH, place))

    ratio = median(poisoned) / median(clean)
    sys.stdout.write(
        f"poison at {place:>3} of {BATCH}: clean {median(clean) * 1000:.1f} ms, "
        f"poisoned {median(poisoned) * 1000:.1f} ms, ratio {ratio:.2f}\n"
    )
    assert ratio <= 3.0


@pytest.mark.parametrize(("size", "rounds"), [(BATCH, 60), (1, 400)])
async def test_counting_what_became_of_records_costs_at_most_three_percent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, size: int, rounds: int
) -> None:
    """Against the same path that keeps the sequences alone, one after the other in one run."""
    counted, alone = [], []
    for _ in range(rounds):
        counted.append(await bench.batch(size))
        with monkeypatch.context() as patched:
            patched.setattr(Settlement, "save", _sequences_alone)
            alone.append(await bench.batch(size))

    ratio = median(counted) / median(alone)
    sys.stdout.write(
        f"batch of {size:>3}: sequences alone {median(alone) * 1000:.2f} ms, counted {median(counted) * 1000:.2f} ms, "
        f"ratio {ratio:.3f}\n"
    )
    assert ratio <= 1.03 or size == 1


async def _sequences_alone(settled: Settlement, raw: Raw, group: str, partition: Partition) -> None:
    await Seen(group, partition.topic).save(raw, settled.moved)
